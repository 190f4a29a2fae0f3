"""A practice Salesforce: the REST and Bulk 2.0 APIs over an org in memory, with the truths and faults of the real one."""

from martech.twins.salesforce.twin import SalesforceTwin, make

__all__ = ["SalesforceTwin", "make"]
