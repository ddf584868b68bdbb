"""The official Python SDK, strict, against the Agent API's stand-in: what the bridge is tested with looks like the real thing to
the vendor's own client."""

import inspect
import pathlib
import re
import sys
import time
import unittest

import perplexity
from perplexity import Perplexity

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from service import stand_in  # noqa: E402

QUESTION = "What is new in Python?"
LEVELS = ["fast", "low", "medium", "high", "xhigh"]

# Every parameter of the SDK's `create`, with a value that the API documents.
ALL_PARAMETERS = {
    "background": False,
    "effort": "low",
    "instructions": "Be brief.",
    "language_preference": "en",
    "max_output_tokens": 4000,
    "max_steps": 3,
    "model": "openai/gpt-6-luna",
    "models": ["openai/gpt-6-luna", "perplexity/sonar"],
    "preset": "fast",
    "profile": {"type": "custom", "id": "p", "version": "1"},
    "prompt_cache_key": "k",
    "reasoning": {"effort": "low"},
    "response_format": {
        "type": "json_schema",
        "json_schema": {"name": "a", "schema": {"type": "object", "properties": {"a": {"type": "string"}}}},
    },
    "service_tier": "auto",
    "skills": [{"type": "builtin", "name": "office"}],
    "step_budget_reminder": True,
    "store": True,
    "stream": False,
    "temperature": 0.5,
    "tool_choice": "auto",
    "tools": [
        {
            "type": "web_search",
            "search_context_size": "low",
            "max_tokens": 1000,
            "max_tokens_per_page": 100,
            "user_location": {"city": "Bonn", "country": "DE", "latitude": 50.7, "longitude": 7.1, "region": "NRW"},
            "filters": {
                "search_domain_filter": ["python.org"],
                "search_after_date_filter": "01/31/2020",
                "last_updated_before_filter": "12/31/2099",
            },
        },
        {
            "type": "image_search",
            "max_results": 3,
            "filters": {"domain_filter": ["a.example"], "format_filter": ["png"], "safe_search": True},
        },
        {"type": "fetch_url", "max_urls": 3},
        {"type": "people_search"},
        {"type": "finance_search"},
        {"type": "sandbox"},
        {"type": "function", "name": "f", "description": "d", "parameters": {"type": "object"}, "strict": True},
    ],
    "top_p": 0.5,
}


class StandIn(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # The SDK, when it is strict, takes no event that it does not know.
        cls.api = stand_in("--without-unknown-events")
        cls.addClassCleanup(cls.api.close)
        cls.client = Perplexity(
            api_key="test-key", base_url=cls.api.url, max_retries=0, _strict_response_validation=True
        )
        cls.addClassCleanup(cls.client.close)

    def ask(self, **parameters):
        return self.client.responses.create(**{"input": QUESTION, "preset": "fast", **parameters})

    def assert_cited(self, reply, pattern):
        """What the text cites was found, under the number that it is cited by."""
        found = {result.id for item in reply.output if item.type == "search_results" for result in item.results}
        cited = {int(number) for number in re.findall(pattern, reply.output_text)}
        self.assertTrue(cited)
        self.assertLessEqual(cited, found)

    def test_every_level_answers_in_its_own_way(self):
        for level in LEVELS:
            with self.subTest(level):
                reply = self.ask(preset=level)
                self.assertEqual((reply.status, reply.error), ("completed", None))
                self.assert_cited(reply, r"\[(\d+)\]" if level == "fast" else r"\[web:(\d+)\]")
                kinds = [item.type for item in reply.output]
                self.assertEqual("fetch_url_results" in kinds, level != "fast")

    def test_the_cost_is_the_sum_of_its_parts(self):
        cost = self.ask(preset="medium").usage.cost
        parts = [cost.input_cost, cost.output_cost, cost.cache_read_cost, cost.cache_creation_cost, cost.tool_calls_cost]
        self.assertAlmostEqual(cost.total_cost, sum(parts), places=9)

    def test_no_parameter_of_the_sdk_is_left_out(self):
        known = inspect.signature(self.client.responses.create).parameters
        beside = {"input", "previous_response_id", "extra_headers", "extra_query", "extra_body", "timeout"}
        self.assertEqual(set(known) - beside, set(ALL_PARAMETERS))

    def test_all_parameters_at_once_are_taken(self):
        # A profile takes the place of a level.
        for without in [{"profile"}, {"preset", "effort"}]:
            parameters = {name: value for name, value in ALL_PARAMETERS.items() if name not in without}
            reply = self.client.responses.create(input=QUESTION, **parameters)
            self.assertEqual(reply.status, "completed")
            echoed = reply.model_extra["tools"][0]["filters"]
            self.assertEqual(echoed["search_after_date_filter"], "2020-01-31")
            self.assertIn("image_search_results", [item.type for item in reply.output])

    def test_a_run_can_be_continued(self):
        first = self.ask()
        self.assertEqual(self.ask(previous_response_id=first.id).previous_response_id, first.id)

    def test_a_stream_is_what_the_sdk_knows_and_adds_up_to_the_plain_reply(self):
        for level in LEVELS:
            with self.subTest(level):
                events = list(self.ask(preset=level, stream=True))
                self.assertEqual(events[0].type, "response.created")
                self.assertEqual(events[-1].type, "response.completed")
                numbers = [event.sequence_number for event in events]
                self.assertEqual(numbers, list(range(len(events))))
                text = "".join(event.delta for event in events if event.type == "response.output_text.delta")
                self.assertEqual(text, self.ask(preset=level).output_text)
                told = [
                    result.id
                    for event in events
                    if event.type == "response.reasoning.search_results"
                    for result in event.results
                ]
                held = [
                    result.id
                    for item in events[-1].response.output
                    if item.type == "search_results"
                    for result in item.results
                ]
                self.assertEqual(told, held)

    def test_a_run_in_the_background_is_looked_at_until_it_ends(self):
        run = self.ask(preset="medium", background=True)
        self.assertEqual((run.status, run.output, run.usage), ("queued", [], None))
        deadline = time.monotonic() + 60
        statuses = [run.status]
        while run.status in ("queued", "in_progress"):
            self.assertLess(time.monotonic(), deadline, "the run does not end")
            time.sleep(0.05)
            run = self.client.responses.retrieve(run.id)
            statuses.append(run.status)
        self.assertEqual(list(dict.fromkeys(statuses)), ["queued", "in_progress", "completed"])
        self.assert_cited(run, r"\[web:(\d+)\]")

    def test_a_run_is_cancelled(self):
        run = self.ask(preset="high", background=True)
        self.assertEqual(self.client.responses.cancel(run.id).status, "cancelling")
        cancelled = self.client.responses.retrieve(run.id)
        self.assertEqual((cancelled.status, cancelled.error.code, cancelled.usage), ("cancelled", "cancelled", None))
        with self.assertRaises(perplexity.BadRequestError):
            self.client.responses.cancel(run.id)

    def test_refusals_are_those_that_the_sdk_tells_apart(self):
        with self.assertRaises(perplexity.BadRequestError) as caught:
            self.ask(extra_body={"search_mode": "web"})
        error = caught.exception.response.json()["error"]
        self.assertEqual((error["param"], error["code"]), ("search_mode", 400))
        with self.assertRaises(perplexity.NotFoundError):
            self.client.responses.retrieve("resp_00000000-0000-4000-8000-000000000000")
        stranger = Perplexity(api_key="wrong", base_url=self.api.url, max_retries=0)
        with stranger, self.assertRaises(perplexity.AuthenticationError):
            stranger.models.list()

    def test_the_models_are_listed(self):
        self.assertIn("perplexity/sonar", [model.id for model in self.client.models.list().data])


if __name__ == "__main__":
    ran = unittest.main(verbosity=2, exit=False).result
    if ran.skipped:
        sys.exit(f"{len(ran.skipped)} tests were skipped: none may be")
    sys.exit(not ran.wasSuccessful())
