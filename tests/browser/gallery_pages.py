"""The templates and numbers of the gallery: the pages of the required look, rebuilt from the product's components."""

from typing import Any

DASHBOARD = """{% extends "base.html" %}{% block content %}
<c-page-head title="Executive">
  <p class="lede">Sourced pipeline is <b>€8.02m, 1% ahead of plan</b>. Webinars and content carry the growth; paid social spends more and
  returns less under every attribution model. November's numbers agree with Salesforce except for 4 named deals.</p>
  <c-slot name="actions"><c-period-picker :period="period" /><c-button href="#" icon="share">Share</c-button>
  <c-button href="#" icon="send" kind="primary">Send report</c-button></c-slot>
</c-page-head>
<c-kpis>{% for k in kpis %}<c-kpi :label="k.label" :value="k.value" :delta="k.delta" :direction="k.direction" :good="k.good" :note="k.note"
  :spark="k.spark" :pace="k.pace" :target="k.target" href="/gallery/list/" />{% endfor %}</c-kpis>
<div class="grid g2 fill">
  <c-card title="Sourced pipeline against plan"><c-slot name="tools"><c-segmented label="Shape" :options="shapes" /></c-slot><c-chart :chart="charts.line" /></c-card>
  <div class="card2"><div class="ch"><h2>Funnel</h2><div class="r">conversion and median days</div></div><c-funnel :stages="stages" />
    <div class="ch sub"><h2>Needs a decision</h2><div class="r">4</div></div>
    <div class="list"><c-todo icon="plug-connected-x" title="Salesforce sync is 42 minutes behind" text="Daily API budget 81% used, 38% by another integration" href="#" action="Open sync" />
    <c-todo icon="clock-exclamation" title="14 leads past their response time" text="Berlin pool; two reps on leave today" href="#" action="Reassign" /></div></div>
</div>
<c-card title="Channels"><c-slot name="tools"><c-segmented label="Model" :options="models" /></c-slot>
  <div class="table-scroll" role="region" tabindex="0" aria-label="Channels"><table class="t"><thead><tr><th scope="col">Channel</th>
  {% for h in heads %}<th scope="col" class="num">{{ h }}</th>{% endfor %}</tr></thead><tbody>
  {% for c in channels %}<tr><td class="name" data-label="Channel">{{ c.0 }}</td><td class="num" data-label="Spend">{{ c.1|money }}</td>
  <td class="num" data-label="Leads">{{ c.2|number }}</td><td class="num" data-label="Opportunities">{{ c.3 }}</td>
  <td class="num" data-label="Pipeline">{% bar c.4 %}{{ c.5|money_compact }}</td><td class="num" data-label="Verdict"><c-pill :kind="c.6">{{ c.7 }}</c-pill></td></tr>{% endfor %}
  </tbody></table></div><div class="sub"><c-trust :facts="facts" /></div></c-card>
<div class="grid half"><c-card title="Spend" note="by month"><c-chart :chart="charts.bars" /></c-card>
<c-card title="Nothing here"><c-empty title="No deliveries yet" text="Send this page to somebody every Monday." icon="send" href="#" action="Schedule one" /></c-card></div>
{% endblock %}"""

PERSON = """{% extends "base.html" %}{% block content %}
<c-page-head title="Priya Raman" avatar="Priya Raman"><p class="lede">Head of Revenue Systems at <b>Helio Energy GmbH</b> · Munich, Germany</p>
  <c-slot name="actions"><c-button icon="user-share">Reassign</c-button><c-button icon="help-circle">Why this owner?</c-button><c-button icon="phone" kind="primary">Log response</c-button></c-slot></c-page-head>
<div class="grid g2 fill"><c-trail :entries="entries" /><div class="stack">
<c-card title="At a glance"><c-slot name="tools"><c-pill kind="accent">MQL</c-pill><c-pill kind="good">A1</c-pill></c-slot>
<dl class="kv"><dt>Owner</dt><dd>Ana Ferreira</dd><dt>Response</dt><dd><span class="warn">due in 22 min</span> of Berlin hours</dd><dt>E-mail</dt><dd>priya.raman@helio.example</dd><dt>Phone</dt><dd>+49 89 1234 5678</dd><dt>Source</dt><dd>Paid search, first seen Sep 3</dd><dt>Systems</dt><dd>HubSpot 48211 · Salesforce 00Q8d…3fA</dd></dl></c-card>
<c-card title="Consent" note="what we may do"><dl class="kv"><dt>Newsletter</dt><dd><c-pill kind="good">Granted</c-pill> Sep 3, web form v4</dd><dt>Phone</dt><dd><c-pill>Not asked</c-pill></dd><dt>Ad audiences</dt><dd><c-pill kind="bad">Withdrawn</c-pill> Oct 11, by the person</dd></dl></c-card>
<c-card title="Score 78" note="fit A · engagement 1"><dl class="kv"><dt>+30</dt><dd>Company of 500+ in a target country</dd><dt>+20</dt><dd>Requested a demo today</dd></dl></c-card>
</div></div>{% endblock %}"""

ROUTING = """{% extends "base.html" %}{% block content %}
<c-page-head title="Inbound leads" pill="Draft of version 15" kind="warn"><p class="lede">First match wins. Replaying the last 30 days, this draft would move <b>47 of 2,824 leads</b>: 41 from Inbound to DACH enterprise, 6 to Partner desk.</p>
<c-slot name="actions"><c-button icon="player-play">Try a lead</c-button><c-button icon="history">Replay</c-button><c-button icon="rocket" kind="primary" confirm="Publish version 15?">Publish</c-button></c-slot></c-page-head>
<div class="grid g2"><section class="card2"><div class="ch"><h2>Rules</h2><div class="r">1 finding <c-button icon="plus">Add rule</c-button></div></div>
<div class="rule"><span class="n">1</span><div><b>Existing customers stay with their owner</b><div class="cond"><code>Account lifecycle</code> is <code>customer</code></div></div><div class="to"><c-pill kind="accent" icon="users">Account owner</c-pill><div class="m">312 leads in 30 days</div></div></div>
<div class="rule"><span class="n">2</span><div><b>DACH enterprise</b><div class="cond"><code>Country</code> is one of <code>Germany, Austria, Switzerland</code> and <code>Employees</code> at least <code>500</code></div></div><div class="to"><c-pill kind="accent" icon="users">DACH enterprise</c-pill><div class="m">184 leads in 30 days</div></div></div>
<div class="rule"><span class="n">3</span><div><b>Partner referrals</b> <c-pill kind="warn">Never reached: rule 3 takes every demo form</c-pill><div class="cond"><code>Source</code> is <code>Partner</code></div></div><div class="to"><c-pill kind="accent" icon="users">Partner desk</c-pill><div class="m">0 leads in 30 days</div></div></div></section>
<div class="stack"><c-card title="Why did Ana get Priya Raman?" note="2 min ago"><div class="list"><c-todo icon="circle-check" title="Rule 2 matched" text="Country is Germany; Employees 1,240 ≥ 500" /><c-todo icon="circle-x" title="Rule 1 did not" text="Account lifecycle is prospect, not customer" /></div></c-card>
<c-notice kind="warn" icon="alert-triangle" title="Two reps are away.">Their share goes to the others until Thursday.</c-notice></div></div>{% endblock %}"""

FORM = """{% extends "base.html" %}{% block content %}<c-page-head :title="title" lede="We answer within two working days." />
<div class="grid g2"><c-card><div class="card-in"><c-form :form="form" submit="Send request" cancel="/" /></div></c-card>
<c-card title="What happens next"><c-kv><dt>Today</dt><dd>You get a copy</dd><dt>In two days</dt><dd>We say yes, no, or what is missing</dd></c-kv></c-card></div>{% endblock %}"""

TRAIL = [
    ("route", "Assigned to Ana Ferreira", "Rule 2, DACH enterprise · response due 10:34", "Changes"),
    ("trending-up", "Became MQL", "Score 62 → 78: demo request +20, pricing page twice +6", "Changes"),
    ("forms", "Requested a demo", "Landing page /demo · campaign 26Q4-DACH-SRCH-0031", "Touches"),
    ("refresh", "Company size taken from HubSpot", "1,240 employees; ours was empty", "Changes"),
    ("mail-opened", "Clicked “Autumn benchmark” e-mail", "Campaign 26Q4-EMEA-MAIL-0017", "Touches"),
    ("git-merge", "Merged with p.raman@helio.example", "Same phone and name; undo until Dec 20", "Consent"),
]


def _kpi(
    label: str, value: str, delta: str, direction: str, good: str, note: str, pace: float, target: float
) -> dict[str, Any]:
    spark = [3, 4, 4, 5, 6, 6, 7, 8, 8, 9, 9, 10] if direction == "up" else [9, 8, 8, 6, 7, 5, 6, 4, 5, 4, 5, 3]
    return dict(
        label=label,
        value=value,
        delta=delta,
        direction=direction,
        good=good,
        note=note,
        spark=spark,
        pace=pace,
        target=target,
    )


NUMBERS: dict[str, Any] = {
    "kpis": [
        _kpi("Sourced pipeline", "€8.02m", "12%", "up", "yes", "vs last year", 0.88, 0.87),
        _kpi("Influenced pipeline", "€14.6m", "8%", "up", "yes", "vs last year", 0.92, 0.87),
        _kpi("Revenue won", "€2.31m", "4%", "up", "yes", "vs last year", 0.83, 0.87),
        _kpi("CAC payback", "13.4 mo", "0.6", "up", "no", "target 12.0", 0.71, 0.87),
        _kpi("Cost per opportunity", "€1,184", "9%", "down", "yes", "vs last year", 0.93, 0.87),
        _kpi("Speed to lead", "6 min", "31%", "down", "yes", "p95 24 min", 0.96, 0.87),
    ],
    "shapes": [{"label": "Cumulative", "url": "?a=1", "is_active": True}, {"label": "Monthly", "url": "?a=2"}],
    "models": [
        {"label": "First", "url": "?m=1"},
        {"label": "Exact Markov", "url": "?m=2", "is_active": True},
        {"label": "W-shaped", "url": "?m=3"},
    ],
    "stages": [
        {"label": "Lead", "value": 18240, "share": 1.0, "note": "", "url": "/gallery/list/"},
        {"label": "MQL", "value": 4104, "share": 0.62, "note": "22.5% 3.1 d"},
        {"label": "SQL", "value": 1682, "share": 0.44, "note": "41.0% 6.4 d"},
        {"label": "Opportunity", "value": 871, "share": 0.31, "note": "51.8% 9.0 d"},
        {"label": "Won", "value": 238, "share": 0.17, "note": "27.3% 41 d"},
    ],
    "heads": ["Spend", "Leads", "Opportunities", "Pipeline", "Verdict"],
    "channels": [
        ("Paid search", 412300, 5120, 214, 0.86, 2940000, "good", "Robust"),
        ("Webinars", 138900, 1480, 162, 0.62, 2110000, "good", "Robust"),
        ("E-mail nurture", 41200, 2310, 121, 0.22, 710000, "warn", "Model-dependent"),
        ("Paid social", 188700, 2080, 74, 0.15, 480000, "bad", "Below target"),
    ],
    "facts": [
        ("HubSpot", "2 min ago"),
        ("Salesforce", "42 min ago"),
        ("Spend mapped", "98.6%"),
        ("Unexplained against CRM", "€0"),
    ],
}
