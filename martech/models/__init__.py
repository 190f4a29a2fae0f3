"""Tables of martech."""

from martech.models.account import Account
from martech.models.batch import (
    ImportAddition,
    ImportBatch,
    ImportChange,
    ImportKind,
    ImportReject,
    ImportState,
    ImportWork,
)
from martech.models.deal import Deal, DealIdentity, DealPerson, DealState
from martech.models.identity import (
    DuplicatePair,
    FormerValue,
    HubValue,
    IdentityCluster,
    IdentityRules,
    IdentityWork,
    LockedIdentity,
    MatchKey,
    PairBand,
    PairState,
    PairVerdict,
    RuleState,
)
from martech.models.lifecycle import LifecycleVersion, MoveCause, StageMove
from martech.models.matching import AccountChange, AccountEvidence, AccountKey
from martech.models.merge import MergedPerson, PersonMerge
from martech.models.person import (
    FORWARD_STAGES,
    AccountIdentity,
    Person,
    PersonEmail,
    PersonIdentity,
    RoutingWork,
    Stage,
)
from martech.models.response import ClockEnd, ResponseClock
from martech.models.routing import (
    DecisionOutcome,
    PolicyVersion,
    PoolMemberState,
    RoutingDecision,
    RoutingPolicy,
)
from martech.models.rules import RuleKind, RuleVersion
from martech.models.scoring import ChangedPerson, FitContribution, ScoringState, ScoringVersion
from martech.models.touch import Spend, Touch
from martech.models.working_time import TimeOff, WorkingCalendar

__all__ = [
    "FORWARD_STAGES",
    "Account",
    "AccountChange",
    "AccountEvidence",
    "AccountIdentity",
    "AccountKey",
    "ChangedPerson",
    "ClockEnd",
    "Deal",
    "DealIdentity",
    "DealPerson",
    "DealState",
    "DecisionOutcome",
    "DuplicatePair",
    "FitContribution",
    "FormerValue",
    "HubValue",
    "IdentityCluster",
    "IdentityRules",
    "IdentityWork",
    "ImportAddition",
    "ImportBatch",
    "ImportChange",
    "ImportKind",
    "ImportReject",
    "ImportState",
    "ImportWork",
    "LifecycleVersion",
    "LockedIdentity",
    "MatchKey",
    "MergedPerson",
    "MoveCause",
    "PairBand",
    "PairState",
    "PairVerdict",
    "Person",
    "PersonEmail",
    "PersonIdentity",
    "PersonMerge",
    "PolicyVersion",
    "PoolMemberState",
    "ResponseClock",
    "RoutingDecision",
    "RoutingPolicy",
    "RoutingWork",
    "RuleKind",
    "RuleState",
    "RuleVersion",
    "ScoringState",
    "ScoringVersion",
    "Spend",
    "Stage",
    "StageMove",
    "TimeOff",
    "Touch",
    "WorkingCalendar",
]
