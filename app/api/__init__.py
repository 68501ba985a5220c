"""Floor 5: the REST API."""

from __future__ import annotations

from app.api.contacts import ContactApi
from app.api.contracts import ContractApi
from app.api.documentation import DocumentationView
from app.api.events import EventApi
from app.api.openapi import DocumentApi
from app.api.organisations import OrganisationApi
from app.api.rates import RateApi
from app.api.reports import ReportApi
from app.api.subscribers import SubscriberApi

APIS = (OrganisationApi, ContactApi, EventApi, ContractApi, RateApi, SubscriberApi, ReportApi, DocumentApi)
PAGE = DocumentationView
