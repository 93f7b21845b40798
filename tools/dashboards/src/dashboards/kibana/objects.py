"""All objects of Kibana, in an order in which each comes after those it refers to."""

from dashboards.kibana.application import application_dashboard
from dashboards.kibana.data_views import all_data_views
from dashboards.kibana.gateway_traffic import gateway_traffic_dashboard
from dashboards.kibana.saved_objects import SavedObject
from dashboards.kibana.searches import all_searches


def all_saved_objects() -> list[SavedObject]:
    return [
        *all_data_views(),
        *all_searches(),
        gateway_traffic_dashboard(),
        application_dashboard(),
    ]
