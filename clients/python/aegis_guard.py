"""Asks AegisMCP before a function runs, waits for a person where one has to decide, and reports how it ended.

Standard library only; Python 3.9 or newer.
"""

import http.client
import json
import os
import socket
import time
import urllib.parse
import uuid
import warnings

WAIT_S, LONGEST_PAUSE_S = 30, 5
PASSING = (429, 502, 503, 504)  #: sent again, these may be answered


class AegisError(Exception):
    """Why a guarded function gave no result. `ran` says whether it was called at all."""

    ran = False


class Denied(AegisError):
    """The policy or a person said no."""


class Expired(AegisError):
    """Nobody decided in time, or the approval was not used in time."""


class Cancelled(AegisError):
    """The question was taken back, or the rules or the tool changed after it was asked."""


class Refused(AegisError):
    """The firewall takes no such question: a wrong field, a wrong key, arguments that are no JSON, a run key in use."""


class Unreachable(AegisError):
    """No answer that can be believed. The function was not called; an approval may be used up."""


class OutcomeUnknown(AegisError):
    """The function was called, and nobody knows whether its effect took place. Raise it where yours can't know."""

    ran = True


def _is_lost_answer(error):
    """Whether what was asked for may have happened: a time-out, a cut connection. A refused one never got there."""
    seen = []
    while error is not None and error not in seen:
        if isinstance(error, (ConnectionRefusedError, socket.gaierror)):
            return False
        if isinstance(error, (OutcomeUnknown, TimeoutError, socket.timeout, ConnectionError, http.client.IncompleteRead)):
            return True
        seen.append(error)
        reason = getattr(error, "reason", None)
        error = reason if isinstance(reason, BaseException) else error.__cause__
    return False


def _as_json(value, place):
    """A copy as the firewall reads it; Refused, with the place, where JSON has no word for what is there."""
    try:
        return json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        has_parts = isinstance(value, (dict, list, tuple)) and not ("Circular" in str(error) or isinstance(error, RecursionError))
        for key, one in (value.items() if isinstance(value, dict) else enumerate(value)) if has_parts else ():
            _as_json(one, f"{place}.{key}")
        raise Refused(f"{place}: {error}; nothing was asked, and nothing ran") from error


class Guard:
    """`guard(tool, run)` is `run`, asked for.

    `url` and `key` are `AEGIS_URL` and `AEGIS_KEY` where they are not given. A person has `decide_within` seconds, and the
    firewall may be away for `answer_within`.
    """

    def __init__(self, url=None, key=None, decide_within=3600, answer_within=30):
        given = urllib.parse.urlsplit(url or os.environ.get("AEGIS_URL") or "http://127.0.0.1:8000")
        if given.scheme not in ("http", "https") or not given.hostname:
            raise ValueError("url: expected an address that starts with http:// or https://")
        self._https, self._host, self._port = given.scheme == "https", given.hostname, given.port
        self._base = given.path.rstrip("/")
        self._key = key or os.environ.get("AEGIS_KEY") or None
        self._decide_within, self._answer_within = decide_within, answer_within

    def __call__(self, tool, run, describe=lambda args: {}):
        """A function of `args`, a dictionary of JSON, that asks each time and then calls `run(args)` once.

        `describe(args)` gives `op` and `amount_cents` where rules need them. Raises Denied, Expired, Cancelled, Refused or
        Unreachable where `run` was not called, and OutcomeUnknown where its answer was lost.
        """

        def guarded(args, run_key=None, reason=None):
            # What is asked about is what runs, whatever becomes of the caller's object meanwhile.
            args, meta = _as_json(args, "args"), {"run_key": run_key or str(uuid.uuid4()), "reason": reason}
            call = {"tool": tool, **describe(args), "args": args, "meta": meta}
            answer = self._permit({name: _as_json(value, name) for name, value in call.items()})
            about = {"run_key": meta["run_key"], **{k: answer.get(k) for k in ("approval_id", "decision_id")}}
            try:
                result = run(args)
            except BaseException as error:
                if _is_lost_answer(error) or not isinstance(error, Exception):
                    self._report(tool, "outcome unknown", None, about)
                    if isinstance(error, OutcomeUnknown) or not isinstance(error, Exception):
                        raise
                    raise OutcomeUnknown(f"{tool} may have run: its answer was lost") from error
                self._report(tool, "failed", False, about)
                raise
            self._report(tool, "succeeded", True, about)
            return result

        return guarded

    def _permit(self, call):
        """Asks until the call is allowed."""
        until, approved = time.monotonic() + self._decide_within, None
        while True:
            answer = self._ask("POST", "/guard/enforce", call, self._answer_within, str(uuid.uuid4()))
            if answer.get("allowed") is True and answer.get("status") == "allowed":
                return answer
            if answer.get("status") == "blocked":
                raise Denied("; ".join(map(str, answer.get("reasons") or [])))
            approval_id = answer.get("approval_id")
            if answer.get("status") != "pending" or not isinstance(approval_id, str):
                raise Unreachable("the firewall gave an answer that is none")
            if approval_id == approved:
                raise Cancelled(f"{approval_id}: approved, and no longer for this call")
            self._decided(urllib.parse.quote(approval_id, safe=""), until)
            approved = approval_id

    def _decided(self, approval_id, until):
        """Waits until a person has approved."""
        while True:
            wait = min(WAIT_S, int(until - time.monotonic() + 0.999))
            if wait <= 0:
                try:
                    back = {"reason": "The agent no longer waits."}
                    self._ask("POST", f"/approvals/{approval_id}/cancel", back, self._answer_within)
                except AegisError:
                    pass
                raise Expired(f"nobody decided {approval_id} in time")
            path = f"/approvals/{approval_id}?wait={wait}s"
            approval = self._ask("GET", path, None, wait + self._answer_within)
            status = approval.get("status")
            if status == "approved":
                return
            if status != "pending":
                why = [approval.get(f"{name}_because") for name in ("denied", "cancelled", "superseded")]
                error = {"denied": Denied, "expired": Expired}.get(status, Cancelled)
                raise error(f"{approval_id}: {next((one for one in why if one), status)}")

    def _report(self, tool, ended, ok, about):
        entry = {"action": f"run {ended}", "tool": tool, "ok": ok, "note": json.dumps(about)}
        try:
            self._ask("POST", "/audit", entry, self._answer_within)
        except AegisError as error:
            warnings.warn(f"{tool} ran, which could not be reported: {error}", RuntimeWarning, stacklevel=3)

    def _ask(self, method, path, body, within, idempotency_key=None):
        """Asks until there is an answer, or the time is up: what is asked twice is asked with one idempotency key."""
        until, pause = time.monotonic() + within, 0.25
        while True:
            try:
                status, headers, answer = self._send(method, path, body, until, idempotency_key)
                if 200 <= status < 300:
                    return answer
                why = f"{answer.get('code', status)}: {answer.get('detail', '')}"
                if status not in PASSING:
                    raise Refused(why)
                after = headers.get("retry-after") or "0"
                pause = max(pause, int(after) if after.isdecimal() else 0)
            except (OSError, http.client.HTTPException, ValueError) as error:
                why = f"no answer from {self._host} ({error or type(error).__name__})"
            if time.monotonic() + pause >= until:
                raise Unreachable(why)
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)

    def _send(self, method, path, body, until, idempotency_key):
        """One request. `http.client` follows no redirect and knows no proxy, so that nobody else gets the key."""
        connect = http.client.HTTPSConnection if self._https else http.client.HTTPConnection
        connection = connect(self._host, self._port, timeout=max(0.1, until - time.monotonic()))
        given = {"Idempotency-Key": idempotency_key, "Authorization": self._key and f"Bearer {self._key}"}
        headers = {"Content-Type": "application/json", **{k: v for k, v in given.items() if v}}
        try:
            connection.request(method, self._base + path, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            answer = json.loads(response.read())
            if not isinstance(answer, dict):
                raise ValueError("no JSON object")
            return response.status, response.headers, answer
        finally:
            connection.close()
