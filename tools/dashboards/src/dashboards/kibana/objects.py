"""Everything that Kibana is given, in the order in which it may need each other."""

from dashboards.kibana.application import application
from dashboards.kibana.data_views import data_views
from dashboards.kibana.gateway_traffic import gateway_traffic
from dashboards.kibana.saved_objects import SavedObject
from dashboards.kibana.searches import searches


def objects() -> list[SavedObject]:
    return [*data_views(), *searches(), gateway_traffic(), application()]
