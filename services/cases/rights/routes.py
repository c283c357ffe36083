"""The rights of a client over HTTP, for the privacy officer."""

from __future__ import annotations

from typing import Any

from flask import request

from services.cases import table
from services.cases.rights import access, certificates, handlers, page, retention, schemas
from shared.http.call import JSON, Answer, Call
from shared.http.paging import pages_of
from shared.policy import Action

Command = dict[str, Any]


@table.routes.get(
    "/<case_id>/subject-access",
    Action.CASE_RIGHTS_READ,
    query=schemas.PackageQuery,
    gives=schemas.PackageView,
    page="text/html",
)
def subject_access(call: Call, wanted: Command, case_id: str) -> Answer:
    """Read all that is held about the client, for her (Art. 15 GDPR)."""
    package = access.package(call, case_id, desk=table.desk())
    best = request.accept_mimetypes.best_match([JSON, "text/html"], JSON)
    headers = {"Content-Language": package["language"], "Vary": "Accept"}
    if wanted["format"] == "html" or (wanted["format"] is None and best == "text/html"):
        return Answer(page.drawn(package), media=page.HTML, headers={**headers, **page.HEADERS})
    return Answer(package, headers=headers)


@table.routes.change(
    "POST",
    "/<case_id>/restriction",
    Action.CASE_RIGHTS,
    takes=schemas.RestrictionCommand,
    gives=schemas.RestrictionView,
)
def restrict(call: Call, command: Command, case_id: str) -> Answer:
    """Restrict the processing of all cases of the client, or free them again (Art. 18 GDPR)."""
    return handlers.restrict(call, case_id, command, desk=table.desk())


@table.routes.act("/<case_id>/erasure", Action.CASE_RIGHTS, takes=schemas.ErasureCommand, gives=schemas.CertificateView)
def erase(call: Call, command: Command, case_id: str) -> Answer:
    """Erase the client's personal data at once (Art. 17 GDPR). Cannot be taken back; the certificate follows."""
    return handlers.erase(call, case_id, command, desk=table.desk())


@table.routes.get("/<case_id>/erasure", Action.CASE_RIGHTS_READ, gives=schemas.CertificateView)
def read_erasure(call: Call, case_id: str) -> Answer:
    """Read how far an erasure is, and its certificate."""
    return certificates.read(call, case_id, desk=table.desk())


@table.routes.get(
    "/erasures", Action.CASE_RIGHTS_READ, query=schemas.ErasureQuery, gives=pages_of(schemas.CertificateView)
)
def list_erasures(call: Call, wanted: Command) -> Answer:
    """List erasures that are certified, or still to be."""
    return certificates.every(call, wanted, desk=table.desk())


@table.routes.get(
    "/retention", Action.CASE_RIGHTS_READ, query=schemas.RetentionQuery, gives=pages_of(schemas.ErasureDueView)
)
def preview(call: Call, wanted: Command) -> Answer:
    """See whose data the night of a day would erase, and why."""
    return retention.preview(call, wanted, desk=table.desk())
