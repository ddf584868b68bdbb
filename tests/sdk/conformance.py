"""The official Python SDK, strict, against `footnote serve`: every call of its chat and async chat resources.

The same tests for each engine: `conformance.py documents` answers from the handbook, `conformance.py bridge` by the Agent API's stand-in.
Where the engines differ, `Engine` says what each of them documents.
"""

import asyncio
import dataclasses
import inspect
import pathlib
import re
import sys
import time
import unittest
import uuid

import httpx
import perplexity
from perplexity import AsyncPerplexity, Perplexity

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from service import Service  # noqa: E402

QUESTION = [{"role": "user", "content": "How do I back up the database?"}]
MODELS = ["sonar", "sonar-pro", "sonar-reasoning", "sonar-reasoning-pro", "sonar-deep-research"]
RETIRED = (
    "Sonar is now the Agent API. Use /v1/responses instead of /v1/sonar. Migrate here: "
    "https://docs.perplexity.ai/docs/agent-api/migrate-from-sonar/overview"
)

# Every parameter of the SDK's `create`, as the SDK's own request with all of them sets it. Where that one holds a
# placeholder that no service could honour ("string" for a date), here stands a value that means something.
ALL_PARAMETERS = {
    "_debug_pro_search": True,
    "_force_new_agent": True,
    "_inputs": [0],
    "_prompt_token_length": 0,
    "best_of": 0,
    "country": "country",
    "cum_logprobs": True,
    "disable_search": False,  # a search is all there is without a language model
    "diverse_first_token": True,
    "enable_search_classifier": True,
    "file_workspace_id": "file_workspace_id",
    "frequency_penalty": -2,
    "has_image_url": True,
    "image_domain_filter": ["a.example"],
    "image_format_filter": ["png"],
    "language_preference": "en",
    "last_updated_after_filter": "1/1/2020",
    "last_updated_before_filter": "12/31/2099",
    "latitude": 0,
    "logprobs": True,
    "longitude": 0,
    "max_tokens": 400,
    "n": 1,
    "num_images": 0,
    "num_search_results": 3,
    "parallel_tool_calls": True,
    "presence_penalty": -2,
    "ranking_model": "ranking_model",
    "reasoning_effort": "minimal",
    "response_format": {"type": "text"},
    "response_formatting_locale": "es_mx",
    "response_metadata": {"foo": "bar"},
    "return_images": True,
    "return_related_questions": True,
    "safe_search": True,
    "search_after_date_filter": "1/1/2020",
    "search_before_date_filter": "12/31/2099",
    "search_domain_filter": ["-a.example"],
    "search_internal_properties": {"foo": "bar"},
    "search_language_filter": ["en"],
    "search_mode": "web",
    "search_recency_filter": "year",
    "search_tenant": "search_tenant",
    "stop": "\u0000",
    "stream_mode": "full",
    "temperature": 0,
    "thread_id": "thread_id",
    "tool_choice": "none",
    "tools": [
        {
            "type": "function",
            "function": {
                "name": "name",
                "description": "description",
                "parameters": {
                    "type": "type",
                    "properties": {"foo": "bar"},
                    "required": ["string"],
                    "additional_properties": True,
                },
                "strict": True,
            },
        }
    ],
    "top_k": 0,
    "top_logprobs": 0,
    "top_p": 0,
    "updated_after_timestamp": 0,
    "updated_before_timestamp": 0,
    "use_threads": True,
    "user_original_query": "user_original_query",
    "web_search_options": {
        "image_results_enhanced_relevance": True,
        "search_context_size": "low",
        "search_type": "fast",
        "user_location": {"city": "city", "country": "DE", "latitude": 0, "longitude": 0, "region": "region"},
    },
}

TEXT = {"type": "text", "text": "What is this?"}


@dataclasses.dataclass(frozen=True)
class Engine:
    """What the handbook says of an engine."""

    bridged: bool
    # What it tells in headers, and how its ids begin.
    name: str
    id_prefix: str
    # Of a temperature and a field for the vendor's own use.
    ignored: str
    # Whether answers cost something.
    costs: bool
    # What its settings file holds in any case.
    settings: str
    # Parameters that are refused by name, each with others beside it where it is those that it cannot go with.
    refused: tuple
    # Parts of a message that are answered, and those that are refused.
    parts_answered: tuple
    parts_refused: tuple
    # Whether what a tool gave can be answered.
    tool_messages: bool


IMAGES = (
    {"type": "image_url", "image_url": {"url": "https://a.example/a.png"}},
    {"type": "image_url", "image_url": "data:image/png;base64,iVBORw0KGgo="},
)
DOCUMENTS = (
    {"type": "file_url", "file_url": {"url": "aGk="}, "file_name": "a.txt"},
    {"type": "file_url", "file_url": "https://a.example/a.txt"},
    {"type": "pdf_url", "pdf_url": "https://a.example/a.pdf"},
)
VIDEO = {"type": "video_url", "video_url": {"url": "https://a.example/a.mp4", "frame_interval": 25}}

ENGINES = {
    "documents": Engine(
        bridged=False,
        name="local-excerpts",
        id_prefix="local-",
        ignored="_debug_pro_search, temperature",
        costs=False,
        settings="",
        refused=({"disable_search": True}, {"search_mode": "academic"}),
        parts_answered=(),
        parts_refused=(*IMAGES, *DOCUMENTS, VIDEO),
        tool_messages=True,
    ),
    "bridge": Engine(
        bridged=True,
        name="agent-api",
        id_prefix="",
        ignored="_debug_pro_search",
        costs=True,
        settings="[agent]\nimages = true\nrelated_questions = true\n",
        refused=(
            {"search_mode": "academic"},
            {"search_language_filter": ["en"]},
            {"search_recency_filter": "year", "search_after_date_filter": "1/1/2020"},
        ),
        parts_answered=(*IMAGES, *DOCUMENTS),
        parts_refused=(VIDEO,),
        tool_messages=False,
    ),
}
ENGINE = ENGINES[sys.argv.pop(1)] if len(sys.argv) > 1 and sys.argv[1] in ENGINES else ENGINES["documents"]
# Those of all parameters that the engine does not refuse.
ANSWERED_PARAMETERS = {
    name: value for name, value in ALL_PARAMETERS.items() if not any(name in refused for refused in ENGINE.refused)
} | {"disable_search": False, "search_mode": "web", "search_after_date_filter": "1/1/2020"}

FOUND = {"title": "t", "url": "u", "date": "d", "last_updated": "l", "snippet": "s", "source": "web"}
FULL_CONVERSATION = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": [{"type": "text", "text": "What is this?"}]},
    {
        "role": "assistant",
        "content": "A bot.",
        "reasoning_steps": [
            {
                "thought": "thought",
                "type": "type",
                "execute_python": {"code": "code", "result": "result"},
                "fetch_url_content": {"contents": [FOUND]},
                "web_search": {"search_keywords": ["string"], "search_results": [FOUND]},
            }
        ],
        "tool_calls": [{"id": "id", "type": "function", "function": {"name": "name", "arguments": "arguments"}}],
    },
    {"role": "tool", "content": "How do I back up the database?", "tool_call_id": "id"},
]
# What every engine can take up: the tool's message is the user's.
CONVERSATION = FULL_CONVERSATION[:-1] + QUESTION


def client(service, **options):
    return Perplexity(
        api_key=options.pop("api_key", "any"),
        base_url=service.url + options.pop("path", ""),
        _strict_response_validation=True,
        **options,
    )


def async_client(service, **options):
    return AsyncPerplexity(api_key="any", base_url=service.url, _strict_response_validation=True, **options)


def ask(client, **parameters):
    return client.chat.completions.create(**{"model": "sonar", "messages": QUESTION, **parameters})


def text_of(chunks):
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks)


class Served(unittest.TestCase):
    """Tests of one server, which is started before the first and ended after the last."""

    settings = ""
    arguments = ()

    @classmethod
    def setUpClass(cls):
        cls.service = Service(ENGINE.bridged, ENGINE.settings + cls.settings, cls.arguments)
        cls.addClassCleanup(cls.service.close)
        cls.client = client(cls.service)
        cls.addClassCleanup(cls.client.close)

    def finished(self, job):
        """The job once it has ended, polled as clients do."""
        deadline = time.monotonic() + 60
        while job.status in ("CREATED", "IN_PROGRESS"):
            self.assertLess(time.monotonic(), deadline, "the job does not end")
            time.sleep(0.05)
            job = self.client.async_.chat.completions.get(job.id)
        return job

    def assert_cited(self, reply):
        """The sources are the citations, and every number in the text leads to one of them."""
        self.assertEqual(reply.citations, [source.url for source in reply.search_results])
        numbers = {int(number) for number in re.findall(r"\[(\d+)\]", reply.choices[0].message.content)}
        self.assertTrue(numbers, "nothing is cited")
        self.assertLessEqual(max(numbers), len(reply.citations))

    def assert_refused(self, exception, kind, message, call):
        with self.assertRaises(exception) as caught:
            call()
        error = caught.exception.response.json()["error"]
        self.assertEqual((error["type"], error["code"]), (kind, caught.exception.status_code))
        if message is not None:
            self.assertEqual(error["message"], message)
        self.assertIn("x-request-id", caught.exception.response.headers)
        return caught.exception


class Chat(Served):
    def test_a_plain_answer_cites_its_sources(self):
        reply = ask(self.client)
        self.assertEqual((reply.object, reply.model), ("chat.completion", "sonar"))
        self.assertEqual(reply.choices[0].finish_reason, "stop")
        self.assertEqual(reply.usage.cost.total_cost > 0, ENGINE.costs)
        self.assertEqual(reply.usage.total_tokens, reply.usage.prompt_tokens + reply.usage.completion_tokens)
        self.assert_cited(reply)

    def test_every_model_answers(self):
        for model in MODELS:
            with self.subTest(model):
                reply = ask(self.client, model=model)
                self.assertEqual(reply.model, model)
                self.assert_cited(reply)
                self.assertEqual(reply.usage.search_context_size is None, model == "sonar-deep-research")

    def test_a_stream_adds_up_to_the_plain_answer(self):
        plain = ask(self.client)
        for mode in ["full", "concise"]:
            with self.subTest(mode):
                with ask(self.client, stream=True, stream_mode=mode) as stream:
                    chunks = list(stream)
                self.assertEqual(text_of(chunks), plain.choices[0].message.content)
                last = chunks[-1]
                self.assertEqual((last.object, last.choices[0].finish_reason), ("chat.completion.done", "stop"))
                self.assertEqual(last.choices[0].message.content, plain.choices[0].message.content)
                self.assertEqual(last.search_results, plain.search_results)
                self.assertEqual(last.usage, plain.usage)
                self.assertEqual({chunk.id for chunk in chunks}, {last.id})

    def test_a_full_stream_names_its_sources_in_every_piece(self):
        chunks = list(ask(self.client, stream=True))
        self.assertTrue(chunks[0].search_results)
        for chunk in chunks:
            self.assertEqual(chunk.citations, chunks[-1].citations)

    def test_a_concise_stream_tells_its_searches_first(self):
        chunks = list(ask(self.client, stream=True, stream_mode="concise"))
        kinds = list(dict.fromkeys(chunk.object for chunk in chunks))
        self.assertEqual(
            kinds, ["chat.reasoning", "chat.reasoning.done", "chat.completion.chunk", "chat.completion.done"]
        )
        step = chunks[0].choices[0].delta.reasoning_steps[0]
        self.assertEqual(step.type, "web_search")
        self.assertTrue(step.web_search.search_results)
        for chunk in chunks:
            told = chunk.object in ("chat.reasoning.done", "chat.completion.done")
            self.assertEqual(chunk.search_results is not None, told, chunk.object)

    def test_extras_come_when_they_are_asked_for(self):
        without = ask(self.client)
        self.assertNotIn("images", without.model_extra)
        self.assertNotIn("related_questions", without.model_extra)
        reply = ask(
            self.client,
            return_images=True,
            return_related_questions=True,
            extra_body={"media_response": {"overrides": {"return_videos": False}}},
        )
        self.assertIsInstance(reply.model_extra["images"], list)
        self.assertIsInstance(reply.model_extra["related_questions"], list)

    def test_the_raw_reply_says_who_answered_and_how_often_one_may_ask(self):
        raw = self.client.chat.completions.with_raw_response.create(
            model="sonar", messages=QUESTION, temperature=0.5, _debug_pro_search=True
        )
        self.assertEqual(raw.headers["x-answer-engine"], ENGINE.name)
        self.assertEqual(raw.headers["x-sonar-ignored"], ENGINE.ignored)
        self.assertEqual(raw.parse().id, ENGINE.id_prefix + raw.headers["x-request-id"])
        limit, remaining, used, reset = (
            int(raw.headers[f"x-ratelimit-{name}"]) for name in ["limit", "remaining", "used", "reset"]
        )
        self.assertEqual(limit, remaining + used)
        self.assertGreaterEqual(reset, int(time.time()) - 1)

    def test_replies_can_be_read_raw_and_piece_by_piece(self):
        chat = self.client.chat.completions
        with chat.with_streaming_response.create(model="sonar", messages=QUESTION) as response:
            self.assert_cited(response.parse())
        raw = chat.with_raw_response.create(model="sonar", messages=QUESTION, stream=True)
        self.assertEqual(raw.headers["content-type"], "text/event-stream")
        self.assertTrue(text_of(raw.parse()))
        with chat.with_streaming_response.create(model="sonar", messages=QUESTION, stream=True) as response:
            lines = [line for line in response.iter_lines() if line]
        self.assertEqual(lines[-1], "data: [DONE]")

    def test_a_base_address_that_ends_in_v1_works(self):
        with client(self.service, path="/v1") as other:
            self.assert_cited(ask(other))
            self.assertIsNotNone(other.async_.chat.completions.list().requests)

    def test_the_asynchronous_client_can_do_the_same(self):
        async def calls():
            async with async_client(self.service) as client:
                chat = client.chat.completions
                reply = await chat.create(model="sonar", messages=QUESTION)
                self.assert_cited(reply)
                chunks = [chunk async for chunk in await chat.create(model="sonar", messages=QUESTION, stream=True)]
                self.assertEqual(text_of(chunks), reply.choices[0].message.content)
                raw = await chat.with_raw_response.create(model="sonar", messages=QUESTION)
                self.assert_cited(await raw.parse())
                async with chat.with_streaming_response.create(model="sonar", messages=QUESTION) as response:
                    self.assert_cited(await response.parse())
                with self.assertRaises(perplexity.BadRequestError):
                    await chat.create(model="gpt-5", messages=QUESTION)

        asyncio.run(calls())

    def test_hanging_up_leaves_the_server_well(self):
        for _ in range(20):
            ask(self.client, stream=True).response.close()
        self.assert_cited(ask(self.client))


class Parameters(Served):
    # Recency and dates stand together in the request with all parameters, as one guide of the protocol shows them.
    settings = "[server.dialect]\nrecency_with_dates = true\n"

    def test_no_parameter_of_the_sdk_is_left_out(self):
        known = inspect.signature(self.client.chat.completions.create).parameters
        beside = {"messages", "model", "stream", "extra_headers", "extra_query", "extra_body", "timeout"}
        self.assertEqual(set(known) - beside, set(ALL_PARAMETERS))

    def test_all_parameters_at_once_are_answered(self):
        for model in MODELS:
            with self.subTest(model):
                reply = self.client.chat.completions.create(messages=CONVERSATION, model=model, **ANSWERED_PARAMETERS)
                self.assertIn(reply.choices[0].finish_reason, ["stop", "length"])

    def test_all_parameters_at_once_are_answered_piece_by_piece(self):
        for mode in ["full", "concise"]:
            parameters = ANSWERED_PARAMETERS | {"stream_mode": mode}
            stream = self.client.chat.completions.create(
                messages=CONVERSATION, model="sonar", stream=True, **parameters
            )
            self.assertEqual(list(stream)[-1].object, "chat.completion.done")

    def test_all_parameters_at_once_make_a_job(self):
        request = {"messages": CONVERSATION, "model": "sonar", "stream": False, **ANSWERED_PARAMETERS}
        job = self.client.async_.chat.completions.create(request=request)
        self.assertEqual(job.status, "CREATED")

    def test_each_parameter_may_be_null(self):
        # What the SDK's types forbid to be null goes as extra body.
        nothing = dict.fromkeys(ALL_PARAMETERS)
        self.assert_cited(ask(self.client, extra_body=nothing))

    def test_text_may_come_in_parts(self):
        parts = [{"type": "text", "text": "How do I back up"}, {"type": "text", "text": "the database?"}]
        self.assert_cited(ask(self.client, messages=[{"role": "user", "content": parts}]))

    def test_what_a_tool_gave_is_answered_or_refused_by_name(self):
        if ENGINE.tool_messages:
            reply = ask(self.client, messages=FULL_CONVERSATION)
            self.assertEqual(reply.choices[0].finish_reason, "stop")
        else:
            self.assert_unsupported(lambda: ask(self.client, messages=FULL_CONVERSATION))

    def test_parts_that_the_engine_can_read_are_answered(self):
        for part in ENGINE.parts_answered:
            with self.subTest(part["type"]):
                messages = [{"role": "user", "content": [TEXT, part]}]
                self.assert_cited(ask(self.client, extra_body={"messages": messages}))

    def test_parts_that_the_engine_cannot_read_are_refused_by_name(self):
        for part in ENGINE.parts_refused:
            with self.subTest(part["type"]):
                messages = [{"role": "user", "content": [TEXT, part]}]
                self.assert_unsupported(lambda messages=messages: ask(self.client, extra_body={"messages": messages}))

    def test_a_part_that_is_none_is_told_apart_from_those(self):
        messages = [{"role": "user", "content": [TEXT, {"type": "smell", "smell": "x"}]}]
        call = lambda: ask(self.client, extra_body={"messages": messages})  # noqa: E731
        self.assert_refused(perplexity.BadRequestError, "bad_request", None, call)

    def test_what_the_engine_cannot_do_is_refused_by_name(self):
        for parameters in ENGINE.refused:
            with self.subTest(next(iter(parameters))):
                refused = self.assert_unsupported(lambda parameters=parameters: ask(self.client, **parameters))
                self.assertIn(next(iter(parameters)), str(refused))

    def assert_unsupported(self, call):
        return self.assert_refused(perplexity.BadRequestError, "unsupported_parameter", None, call)


class WithoutSentinel(Served):
    settings = "[server.dialect]\ndone_sentinel = false\n"

    def test_streams_are_whole_without_it(self):
        plain = ask(self.client)
        for mode in ["full", "concise"]:
            with self.subTest(mode):
                chunks = list(ask(self.client, stream=True, stream_mode=mode))
                self.assertEqual(text_of(chunks), plain.choices[0].message.content)
        chat = self.client.chat.completions
        with chat.with_streaming_response.create(model="sonar", messages=QUESTION, stream=True) as response:
            self.assertNotIn("[DONE]", response.read().decode())


class Jobs(Served):
    def test_a_job_is_answered(self):
        request = {"model": "sonar-deep-research", "messages": QUESTION}
        created = self.client.async_.chat.completions.create(request=request)
        self.assertEqual((created.status, created.response), ("CREATED", None))
        done = self.finished(created)
        self.assertEqual((done.id, done.status, done.model), (created.id, "COMPLETED", "sonar-deep-research"))
        self.assertLessEqual(done.created_at, done.started_at)
        self.assertLessEqual(done.started_at, done.completed_at)
        self.assertIsNone(done.failed_at)
        self.assert_cited(done.response)

    def test_a_key_makes_one_job_however_often_it_is_sent(self):
        jobs = self.client.async_.chat.completions
        key = str(uuid.uuid4())
        first = jobs.create(request={"model": "sonar", "messages": QUESTION}, idempotency_key=key)
        other = [{"role": "user", "content": "Something else?"}]
        again = jobs.create(request={"model": "sonar", "messages": other}, idempotency_key=key)
        self.assertEqual(again.id, first.id)

    def test_jobs_are_listed_in_pages(self):
        jobs = self.client.async_.chat.completions
        made = [jobs.create(request={"model": "sonar", "messages": QUESTION}).id for _ in range(3)]
        listed = [job.id for job in jobs.list().requests]
        self.assertEqual([one for one in listed if one in made], made[::-1], "newest first")
        page = jobs.list(extra_query={"limit": 2})
        following = jobs.list(extra_query={"limit": 2, "next_token": page.next_token})
        self.assertEqual(len(page.requests), 2)
        self.assertFalse({job.id for job in page.requests} & {job.id for job in following.requests})

    def test_a_job_is_found_with_everything_the_sdk_can_send_along(self):
        jobs = self.client.async_.chat.completions
        job = jobs.create(request={"model": "sonar", "messages": QUESTION})
        found = jobs.get(
            job.id,
            local_mode=True,
            x_client_env="env",
            x_client_name="name",
            x_created_at_epoch_seconds="0",
            x_request_time="0",
            x_usage_tier="0",
            x_user_id="id",
        )
        self.assertEqual(found.id, job.id)

    def test_an_unknown_job_is_not_found(self):
        for unknown in ["nothing", str(uuid.uuid4()), "a/b", "%", "ä"]:
            self.assert_refused(
                perplexity.NotFoundError,
                "not_found",
                "resource not found",
                lambda unknown=unknown: self.client.async_.chat.completions.get(unknown),
            )

    def test_a_wrong_request_makes_no_job(self):
        jobs = self.client.async_.chat.completions
        self.assert_refused(
            perplexity.BadRequestError,
            "invalid_model",
            None,
            lambda: jobs.create(request={"model": "gpt-5", "messages": QUESTION}),
        )

    def test_replies_can_be_read_raw_and_piece_by_piece(self):
        jobs = self.client.async_.chat.completions
        request = {"model": "sonar", "messages": QUESTION}
        job = jobs.with_raw_response.create(request=request).parse()
        self.assertEqual(jobs.with_raw_response.get(job.id).parse().id, job.id)
        self.assertTrue(jobs.with_raw_response.list().parse().requests)
        with jobs.with_streaming_response.create(request=request) as response:
            self.assertEqual(response.parse().status, "CREATED")
        with jobs.with_streaming_response.get(job.id) as response:
            self.assertEqual(response.parse().id, job.id)
        with jobs.with_streaming_response.list() as response:
            self.assertTrue(response.parse().requests)

    def test_the_asynchronous_client_can_do_the_same(self):
        async def calls():
            async with async_client(self.service) as client:
                jobs = client.async_.chat.completions
                request = {"model": "sonar", "messages": QUESTION}
                job = await jobs.create(request=request, idempotency_key=str(uuid.uuid4()))
                self.assertEqual((await jobs.get(job.id)).id, job.id)
                self.assertIn(job.id, [one.id for one in (await jobs.list()).requests])
                raw = await jobs.with_raw_response.get(job.id)
                self.assertEqual((await raw.parse()).id, job.id)
                async with jobs.with_streaming_response.list() as response:
                    self.assertTrue((await response.parse()).requests)
                with self.assertRaises(perplexity.NotFoundError):
                    await jobs.get("nothing")

        asyncio.run(calls())


class FailingJobs(Served):
    arguments = ("--pretend", "failing-jobs")

    def test_a_job_fails_with_its_reason(self):
        created = self.client.async_.chat.completions.create(request={"model": "sonar", "messages": QUESTION})
        failed = self.finished(created)
        self.assertEqual((failed.status, failed.response), ("FAILED", None))
        self.assertTrue(failed.error_message)
        self.assertIsNotNone(failed.failed_at)


class Refusals(Served):
    def assert_bad(self, kind, message, **parameters):
        # As extra body, because the SDK checks types itself and would refuse some of these before they are sent.
        stream = parameters.pop("stream", False)
        call = lambda: ask(self.client, stream=stream, extra_body=parameters)  # noqa: E731
        self.assert_refused(perplexity.BadRequestError, kind, message, call)

    def test_values_out_of_range_are_named(self):
        self.assert_bad(
            "bad_request",
            "[\"At body -> search_recency_filter: Input should be 'hour', 'day', 'week', 'month' or 'year'\"]",
            search_recency_filter="",
        )
        self.assert_bad("bad_request", '["At body -> model: Input should be a valid string"]', model=7)

    def test_an_unknown_model_is_named(self):
        self.assert_bad(
            "invalid_model",
            "Invalid model 'X'. Permitted models can be found in the documentation at "
            "https://docs.perplexity.ai/guides/model-cards.",
            model="X",
        )

    def test_too_few_tokens(self):
        self.assert_bad("invalid_parameter", "max_tokens must be at least 16 for sonar.", max_tokens=1)

    def test_wrong_domains(self):
        wrong = "Validation error: search_domain_filters "
        for entries, why in [
            (["a.example"] * 21, "has a max length of 20"),
            (["cz"], "must be a valid domain name, but got cz"),
            (["a.example", "-b.example"], "must be all allowed or all denied entries"),
        ]:
            self.assert_bad("invalid_search_domain_filter", wrong + why, search_domain_filter=entries)

    def test_wrong_dates(self):
        self.assert_bad(
            "invalid_date_format",
            "Validation error: search_after_date_filter must be MM/DD/YYYY, but got 2025-01-01",
            search_after_date_filter="2025-01-01",
        )

    def test_recency_beside_dates(self):
        self.assert_bad(
            "invalid_parameter",
            "search_recency_filter cannot be combined with search_after_date_filter or search_before_date_filter.",
            search_recency_filter="week",
            search_after_date_filter="1/1/2025",
        )

    def test_messages_out_of_order(self):
        turn = QUESTION[0]
        self.assert_bad(
            "invalid_message",
            "After the (optional) system message(s), user or tool message(s) should alternate with assistant message(s).",
            messages=[turn, turn],
        )
        self.assert_bad(
            "invalid_message",
            "Last message must have role `user` or `tool`.",
            messages=[turn, {"role": "assistant", "content": "x"}],
        )

    def test_a_stream_is_refused_like_a_plain_answer(self):
        self.assert_bad("invalid_model", None, model="X", stream=True)

    def test_a_body_that_is_too_large(self):
        huge = [{"role": "user", "content": "x" * (32 * 1024 * 1024)}]
        self.assert_refused(
            perplexity.APIStatusError,
            "payload_too_large",
            "The request's body is longer than 33554432 bytes.",
            lambda: ask(self.client, messages=huge),
        )

    def test_paths_and_methods_that_do_not_exist(self):
        missing = self.assert_refused(
            perplexity.NotFoundError,
            "not_found",
            "resource not found",
            lambda: self.client.get("/v2/sonar", cast_to=httpx.Response),
        )
        self.assertEqual(missing.status_code, 404)
        wrong = self.assert_refused(
            perplexity.APIStatusError,
            "method_not_allowed",
            None,
            lambda: self.client.get("/chat/completions", cast_to=httpx.Response),
        )
        self.assertEqual((wrong.status_code, wrong.response.headers["allow"]), (405, "POST"))


class Keys(Served):
    settings = '[server]\nkeys = ["right"]\n'

    def test_only_the_right_key_is_let_in(self):
        with client(self.service, api_key="right") as holder:
            self.assert_cited(ask(holder))
        for call in [lambda: ask(self.client), lambda: self.client.async_.chat.completions.list()]:
            self.assert_refused(
                perplexity.AuthenticationError,
                "invalid_api_key",
                "Invalid API key provided. Ensure your API key is correct and active.",
                call,
            )


class Trouble:
    """What every server that plays a trouble must do: play it on every call."""

    def test_every_call_tells_it(self):
        with client(self.service, max_retries=0) as hasty:
            for call in [
                lambda: ask(hasty),
                lambda: ask(hasty, stream=True),
                lambda: hasty.async_.chat.completions.create(request={"model": "sonar", "messages": QUESTION}),
                lambda: hasty.async_.chat.completions.list(),
                lambda: hasty.async_.chat.completions.get("x"),
            ]:
                self.assert_refused(self.exception, self.kind, self.message, call)


class OutOfCredit(Trouble, Served):
    arguments = ("--pretend", "out-of-credit")
    exception = perplexity.AuthenticationError
    kind = "insufficient_quota"
    message = (
        "You exceeded your current quota, please check your plan and billing details. For more information, visit "
        "https://www.perplexity.ai/settings/api."
    )


class Retired(Trouble, Served):
    arguments = ("--pretend", "retired")
    exception, kind, message = perplexity.PermissionDeniedError, "chat_completions_not_available", RETIRED


class MigrationRequired(Trouble, Served):
    arguments = ("--pretend", "migration-required")
    exception, kind, message = perplexity.PermissionDeniedError, "agent_api_migration_required", RETIRED


class RateLimited(Trouble, Served):
    arguments = ("--pretend", "rate-limited")
    exception = perplexity.RateLimitError
    kind, message = "request_rate_limit_exceeded", "Request rate limit exceeded, please try again later."


class Rates(Served):
    settings = "[server]\nrequests_per_minute = 60\n"

    def test_the_sdk_waits_as_it_is_told_and_gets_its_answer(self):
        with client(self.service, max_retries=0) as hasty, self.assertRaises(perplexity.RateLimitError) as caught:
            for _ in range(200):
                ask(hasty)
        headers = caught.exception.response.headers
        self.assertEqual(headers["retry-after"], "1")
        self.assertEqual((headers["x-ratelimit-limit"], headers["x-ratelimit-remaining"]), ("60", "0"))
        raw = self.client.chat.completions.with_raw_response.create(model="sonar", messages=QUESTION)
        self.assertGreaterEqual(raw.retries_taken, 1)
        self.assert_cited(raw.parse())


if __name__ == "__main__":
    ran = unittest.main(verbosity=2, exit=False).result
    if ran.skipped:
        sys.exit(f"{len(ran.skipped)} tests were skipped: none may be")
    sys.exit(not ran.wasSuccessful())
