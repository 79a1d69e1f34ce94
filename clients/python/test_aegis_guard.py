"""What the guard does, against a firewall that answers as it is told. `python3 -m unittest`, in this folder."""

import http.server
import json
import os
import socket
import threading
import unittest
import urllib.error
import warnings

from aegis_guard import AegisError, Cancelled, Denied, Expired, Guard, OutcomeUnknown, Refused, Unreachable

ALLOWED = {"allowed": True, "status": "allowed", "reasons": [], "approval_id": "apr_1", "decision_id": "d-1"}
PENDING = {"allowed": False, "status": "pending", "reasons": ["over the cap"], "approval_id": "apr_1"}
BUSY = (503, {"code": "bus_unavailable", "detail": "The message bus is away."})
WRITTEN = (201, {"ok": True})
CUT = (0, {})


class StandIn(http.server.BaseHTTPRequestHandler):
    def answer(self):
        length = int(self.headers.get("content-length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        self.server.sent.append((self.path, body, dict(self.headers)))
        said = self.server.says(self.path)
        status, answer = said if isinstance(said, tuple) else (200, said)
        if status == 0:
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        text = json.dumps(answer).encode()
        self.send_response(status)
        if status == 302:
            self.send_header("location", "/elsewhere")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


class GuardTest(unittest.TestCase):
    def setUp(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), StandIn)
        self.server.sent, self.server.says = [], lambda path: ALLOWED
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.ran = []
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        for name in ("AEGIS_KEY", "AEGIS_URL"):
            os.environ.pop(name, None)

    def in_turn(self, enforces, waits=(), report=WRITTEN):
        asked, waited = list(enforces), list(waits)

        def says(path):
            if path == "/audit":
                return report
            if path.endswith("/cancel"):
                return {}
            turn = waited if path.startswith("/approvals/") else asked
            return turn.pop(0) if turn else BUSY

        self.server.says = says

    def guarded(self, run=None, **options):
        def refund(args):
            self.ran.append(args)
            return run(args) if run else f"refunded {args['order']}"

        url = f"http://127.0.0.1:{self.server.server_port}"
        guard = Guard(url=url, **{"answer_within": 0.2, "decide_within": 1, **options})
        return guard("refunds.create", refund, lambda args: {"op": "refund", "amount_cents": args["order"] * 100})

    def sent_to(self, start):
        return [one for one in self.server.sent if one[0].startswith(start)]

    def reports(self):
        return [(body["action"], body["ok"]) for _, body, _ in self.sent_to("/audit")]

    def test_an_allowed_call_is_asked_about_as_it_is_runs_once_and_is_reported(self):
        self.in_turn([ALLOWED])
        self.assertEqual(self.guarded()({"order": 17}, run_key="k-1", reason="broken"), "refunded 17")
        self.assertEqual(
            self.server.sent[0][1],
            {
                "tool": "refunds.create",
                "op": "refund",
                "amount_cents": 1700,
                "args": {"order": 17},
                "meta": {"run_key": "k-1", "reason": "broken"},
            },
        )
        self.assertEqual(self.ran, [{"order": 17}])
        self.assertEqual(self.reports(), [("run succeeded", True)])
        note = json.loads(self.sent_to("/audit")[0][1]["note"])
        self.assertEqual(note, {"run_key": "k-1", "approval_id": "apr_1", "decision_id": "d-1"})

    def test_arguments_that_are_no_json_are_refused_with_their_place_before_anything_is_asked(self):
        circular = {"order": 1}
        circular["self"] = circular
        deep = {"order": 1, "a": []}
        for _ in range(100_000):
            deep["a"] = [deep["a"]]
        for args, place in (
            ({"order": 1, "items": [{"tags": {"x"}}]}, "args.items.0.tags: Object of type set"),
            ({"order": float("nan")}, "args.order: Out of range float"),
            ({"order": 1, "of": b"x"}, "args.of: Object of type bytes"),
            ({"order": 1, "at": {(1, 2): 3}}, "args.at: keys must be str"),
            (circular, "args: Circular reference"),
        ):
            with self.assertRaises(Refused) as raised:
                self.guarded()(args)
            self.assertIn(place, str(raised.exception))
            self.assertIn("nothing was asked, and nothing ran", str(raised.exception))
            self.assertFalse(raised.exception.ran)
        guard = Guard(url=f"http://127.0.0.1:{self.server.server_port}")
        with self.assertRaisesRegex(Refused, "^amount_cents: Out of range"):
            guard("a.b", self.ran.append, lambda args: {"amount_cents": float("inf")})({})
        with self.assertRaises(Refused):
            self.guarded()(deep)
        self.assertEqual((self.server.sent, self.ran), ([], []))

    def test_it_waits_for_a_person_and_asks_again_with_the_same_call_and_key(self):
        self.in_turn([PENDING, ALLOWED], [{"status": "pending"}, {"status": "approved"}])
        self.assertEqual(self.guarded(decide_within=60)({"order": 17}), "refunded 17")
        first, again = self.sent_to("/guard/enforce")
        self.assertEqual(first[1], again[1])
        self.assertNotEqual(first[2]["Idempotency-Key"], again[2]["Idempotency-Key"])
        self.assertEqual([path for path, _, _ in self.sent_to("/approvals")], ["/approvals/apr_1?wait=30s"] * 2)

    def test_a_lost_answer_is_asked_for_again_with_the_same_idempotency_key(self):
        self.in_turn([CUT, {**ALLOWED, "replayed": True}])
        self.assertEqual(self.guarded(answer_within=20)({"order": 17}), "refunded 17")
        keys = {headers["Idempotency-Key"] for _, _, headers in self.sent_to("/guard/enforce")}
        self.assertEqual((len(keys), len(self.ran)), (1, 1))

    def test_the_key_is_sent_where_there_is_one_and_to_nobody_else(self):
        self.in_turn([ALLOWED, (302, {})])
        self.guarded()({"order": 1})
        self.assertNotIn("Authorization", self.server.sent[0][2])
        os.environ["AEGIS_KEY"] = "aegis_1"
        with self.assertRaises(Refused):
            self.guarded()({"order": 1})
        self.assertEqual(self.server.sent[-1][2]["Authorization"], "Bearer aegis_1")
        self.assertEqual(self.sent_to("/elsewhere"), [])

    def test_a_call_that_is_not_allowed_does_not_run(self):
        blocked = {"allowed": False, "status": "blocked", "reasons": ["no"]}
        cases = [
            (Denied, "no", [blocked], []),
            (Denied, "not today", [PENDING], [{"status": "denied", "denied_because": "not today"}]),
            (Expired, "expired", [PENDING], [{"status": "expired"}]),
            (Cancelled, "x", [PENDING], [{"status": "cancelled", "cancelled_because": "x"}]),
            (Cancelled, "y", [PENDING], [{"status": "superseded", "superseded_because": "y"}]),
            (Cancelled, "consumed", [PENDING], [{"status": "consumed"}]),
            (Cancelled, "no longer", [PENDING, PENDING], [{"status": "approved"}]),
            (Unreachable, "no answer", [CUT], []),
            (Unreachable, "bus_unavailable", [BUSY], []),
            (Unreachable, "bus_unavailable", [PENDING], []),
            (Refused, "tool", [(422, {"code": "invalid_request", "detail": "tool: required"})], []),
            (Refused, "unauthorized", [(401, {"code": "unauthorized"})], []),
            (Unreachable, "none", [{}], []),
            (Unreachable, "none", [{**ALLOWED, "status": "pending", "approval_id": 7}], []),
            (Unreachable, "none", [{**ALLOWED, "allowed": "true"}], []),
            (Unreachable, "no JSON object", [(200, [])], []),
        ]
        for error, why, enforces, waits in cases:
            with self.subTest(why=why, enforces=enforces):
                self.in_turn(enforces, waits)
                with self.assertRaises(AegisError) as raised:
                    self.guarded()({"order": 1})
                self.assertIs(type(raised.exception), error)
                self.assertIn(why, str(raised.exception))
                self.assertFalse(raised.exception.ran)
        self.assertEqual((self.ran, self.reports()), ([], []))

    def test_one_that_nobody_decides_in_time_is_taken_back(self):
        self.in_turn([PENDING])
        with self.assertRaises(Expired):
            self.guarded(decide_within=0)({"order": 1})
        self.assertEqual(self.server.sent[-1][0], "/approvals/apr_1/cancel")

    def test_a_firewall_that_is_not_there_allows_nothing(self):
        guarded = Guard(url="http://127.0.0.1:1", answer_within=0.1)("a.b", self.ran.append)
        with self.assertRaises(Unreachable):
            guarded({})
        self.assertEqual(self.ran, [])

    def test_an_address_that_is_none_is_refused(self):
        with self.assertRaises(ValueError):
            Guard(url="127.0.0.1:8000")

    def test_an_error_is_reported_as_failed_and_raised_as_it_is(self):
        for error in (KeyError("no such order"), ConnectionRefusedError("no"), urllib.error.URLError(socket.gaierror())):
            self.in_turn([ALLOWED])
            self.server.sent.clear()

            def run(args, error=error):
                raise error

            with self.subTest(error=error), self.assertRaises(type(error)):
                self.guarded(run)({"order": 1})
            self.assertEqual(self.reports(), [("run failed", False)])

    def test_a_lost_answer_is_an_unknown_outcome(self):
        for error in (TimeoutError(), ConnectionResetError(), urllib.error.URLError(socket.timeout()), OutcomeUnknown("?")):
            self.in_turn([ALLOWED])
            self.server.sent.clear()

            def run(args, error=error):
                raise error

            with self.subTest(error=error), self.assertRaises(OutcomeUnknown) as raised:
                self.guarded(run)({"order": 1})
            self.assertTrue(raised.exception.ran)
            self.assertEqual(self.reports(), [("run outcome unknown", None)])

    def test_a_run_that_is_broken_off_is_an_unknown_outcome(self):
        self.in_turn([ALLOWED])

        def run(args):
            raise KeyboardInterrupt

        with self.assertRaises(KeyboardInterrupt):
            self.guarded(run)({"order": 1})
        self.assertEqual(self.reports(), [("run outcome unknown", None)])

    def test_a_result_is_not_lost_where_its_report_is_and_that_is_said(self):
        self.in_turn([ALLOWED], report=BUSY)
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            self.assertEqual(self.guarded()({"order": 1}), "refunded 1")
        self.assertIn("could not be reported", str(said[0].message))

    def test_it_is_under_200_lines(self):
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "aegis_guard.py"), encoding="utf8") as text:
            self.assertLess(len(text.readlines()), 200)


if __name__ == "__main__":
    unittest.main()
