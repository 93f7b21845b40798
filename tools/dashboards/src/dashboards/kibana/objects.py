"""All objects of Kibana, in an order in which each comes after those it refers to."""

from dashboards.kibana.application import application
from dashboards.kibana.data_views import data_views
from dashboards.kibana.gateway_traffic import gateway_traffic
from dashboards.kibana.saved_objects import SavedObject
from dashboards.kibana.searches import searches


def objects() -> list[SavedObject]:
    return [*data_views(), *searches(), gateway_traffic(), application()]
