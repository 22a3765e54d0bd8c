"""Any SPARQL 1.1 service in place of the embedded store: the one folder that knows SPARQLWrapper (architecture §3, §7).

An Endpoint has the methods of a Store that read, so that everything that asks works on either.
"""

from keikaku.endpoint.failures import RULE
from keikaku.endpoint.opening import Opened, build_id, copy, open_endpoint, reach
from keikaku.endpoint.service import META, Endpoint, Login, identifiers, read_login
from keikaku.endpoint.texts import with_prefixes

__all__ = [
    "META",
    "RULE",
    "Endpoint",
    "Login",
    "Opened",
    "build_id",
    "copy",
    "identifiers",
    "open_endpoint",
    "reach",
    "read_login",
    "with_prefixes",
]
