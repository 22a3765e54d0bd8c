"""What went wrong with a service, in the words of its reader."""

from __future__ import annotations

import http.client
import socket
from urllib.error import HTTPError, URLError

from SPARQLWrapper.SPARQLExceptions import (
    EndPointInternalError,
    EndPointNotFound,
    QueryBadFormed,
    Unauthorized,
    URITooLong,
)

from keikaku.errors import CannotRunError, Place, QueryError

#: Where services are explained.
RULE = "docs/engines.md"


def failure(url: str, seconds: float, error: Exception, place: Place | None) -> Exception:  # noqa: PLR0911 - one return per kind
    """What went wrong while a service was asked, as one sentence; an error that is not of that kind is given back."""
    said = " ".join(str(error).split())[:300]
    if isinstance(error, QueryBadFormed):
        return QueryError(
            f"{url} refuses the query: {_words(said)}",
            ja=f"{url} が問い合わせを受け付けません: {_words(said)}",
            rule=RULE,
            place=place,
        )
    if isinstance(error, Unauthorized) or (isinstance(error, HTTPError) and error.code in (401, 403)):
        return CannotRunError(
            f"{url} asks for a name and a password",
            ja=f"{url} が名前とパスワードを求めています",
            do="Set KEIKAKU_ENDPOINT_USER and KEIKAKU_ENDPOINT_PASSWORD",
            do_ja="KEIKAKU_ENDPOINT_USER と KEIKAKU_ENDPOINT_PASSWORD を設定してください",
            rule=RULE,
        )
    if isinstance(error, EndPointNotFound):
        return CannotRunError(
            f"there is no SPARQL service at {url}",
            ja=f"{url} に SPARQL の窓口がありません",
            do="Check the address",
            do_ja="アドレスを確かめてください",
            rule=RULE,
        )
    if isinstance(error, EndPointInternalError | URITooLong):
        return QueryError(
            f"{url} cannot answer this query: {_words(said)}",
            ja=f"{url} がこの問い合わせに答えられません: {_words(said)}",
            rule=RULE,
            place=place,
        )
    if isinstance(error, HTTPError):
        reply = _words(error.read(300).decode("utf-8", "replace"))
        return CannotRunError(
            f"{url} answered {error.code}: {reply}",
            ja=f"{url} の応答は {error.code} でした: {reply}",
            do="Try again later, or ask for less",
            do_ja="あとでもう一度尋ねるか、範囲を狭めてください",
            rule=RULE,
            place=place,
        )
    if isinstance(error, TimeoutError | socket.timeout) or "timed out" in said:
        return CannotRunError(
            f"{url} gave no answer within {seconds:g} seconds",
            ja=f"{url} が {seconds:g} 秒以内に答えません",
            do="Ask for less, or set KEIKAKU_ENDPOINT_SECONDS",
            do_ja="範囲を狭めるか、KEIKAKU_ENDPOINT_SECONDS を設定してください",
            rule=RULE,
            place=place,
        )
    if isinstance(error, URLError | OSError | http.client.HTTPException | ValueError):
        reason = getattr(error, "reason", error)
        return CannotRunError(
            f"{url} cannot be reached: {reason}",
            ja=f"{url} に届きません: {reason}",
            do="Check the address",
            do_ja="アドレスを確かめてください",
            rule=RULE,
        )
    return error


def _words(text: str) -> str:
    """What a service says about an error, on one line and without SPARQLWrapper's own preface."""
    plain = text.partition("Response:")[2] or text
    return " ".join(plain.replace("\\n", " ").strip(" b'\"").split())[:200]
