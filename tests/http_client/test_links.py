"""Link checker and SSRF protection against misbehaving servers: right verdict, in time, no connection inside."""

import socket
import time

import pytest
import trustme
from ckanext.opensmartcity.http_client import Fetcher, Limits, errors
from ckanext.opensmartcity.http_client.address_policy import parse_allowed_hosts
from ckanext.opensmartcity.http_client.link_checker import Link, LinkChecker
from ckanext.opensmartcity.http_client.politeness import RateLimiter
from support.misbehaving_server import (
    OK,
    Trap,
    drip,
    drip_body,
    hang,
    huge,
    no_head,
    nothing,
    reply,
    serving,
    tls_context,
)

HOSTS = {"web.example", "other.example", "wrong.example"}
# Long enough for servers that answer, on a busy machine too; short for those that never do.
PATIENT = Limits(connect=20, read=20, total=40, redirects=5)
QUICK = Limits(connect=0.5, read=0.4, total=0.8, redirects=5)


def redirect(url, status=302):
    return reply(status, Location=url)


def reset(connection, method, headers):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


@pytest.fixture(scope="module")
def trap():
    found = Trap()
    yield found
    found.close()


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture(scope="module")
def secure(authority):
    with serving({"*": OK}, tls_context(authority, "web.example")) as server:
        yield server


@pytest.fixture(scope="module")
def server(trap, secure):
    inside = f"127.0.0.1:{trap.port}"
    script = {
        "/robots.txt": reply(200, b"User-agent: *\nDisallow: /kept-out\nDisallow: /*.secret$\n"),
        "/fine": OK,
        "/kept-out": OK,
        "/a.secret": OK,
        "/hang": hang,
        "/drip": drip,
        "/drip-body": no_head(None),
        "/huge": huge,
        "/nothing": nothing,
        "/reset": reset,
        "/no-head": no_head(OK),
        "/no-head-range": no_head(reply(206, b"x" * 1024, Content_Range="bytes 0-1023/99999")),
        "/empty-file": no_head(reply(416)),
        "/short": no_head(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nshort"),
        "/bad-chunks": no_head(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx"),
        "/bad-gzip": no_head(reply(200, b"not gzip", Content_Encoding="gzip")),
        "/no-http": b"SSH-2.0-OpenSSH_9.9\r\n\r\n",
        "/many-headers": b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(500)) + b"\r\n",
        "/long-header": b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
        "/no-location": b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n",
        "/gone": reply(410),
        "/missing": reply(404),
        "/broken": reply(500),
        "/busy": reply(503, Retry_After="120"),
        "/too-many": reply(429, Retry_After="3600"),
        "/login": reply(401),
        "/forbidden": reply(403),
        "/moved": redirect("/fine", 301),
        "/loop": redirect("/loop"),
        "/loop-a": redirect("/loop-b"),
        "/loop-b": redirect("/loop-a"),
        **{f"/far{n}": redirect(f"/far{n + 1}") for n in range(9)},
        "/far9": OK,
        "/to-loopback": redirect(f"http://{inside}/"),
        "/to-localhost": redirect(f"http://localhost:{trap.port}/"),
        "/to-decimal": redirect(f"http://2130706433:{trap.port}/"),
        "/to-octal": redirect(f"http://0177.0.0.1:{trap.port}/"),
        "/to-mapped": redirect(f"http://[::ffff:127.0.0.1]:{trap.port}/"),
        "/to-zero": redirect(f"http://0.0.0.0:{trap.port}/"),
        "/to-rebound": redirect(f"http://rebound.example:{trap.port}/"),
        "/to-metadata": redirect("http://169.254.169.254/latest/meta-data/"),
        "/to-file": redirect("file:///etc/passwd"),
        "/to-gopher": redirect(f"gopher://{inside}/"),
        "/to-password": redirect("http://user:secret@web.example/"),
        "/to-secure": redirect(secure.url("/fine")),
    }
    script["/drip-body"] = lambda connection, method, headers: (
        reply(405) if method == "HEAD" else drip_body(connection, method, headers)
    )
    with serving(script) as running:
        yield running


def resolve(host, port):
    """Resolve the host names of these tests; all others with the system resolver."""
    if host in HOSTS or host == "rebound.example":
        return ["127.0.0.1"]
    if host == "nowhere.example":
        raise socket.gaierror(-2, "not known")
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@pytest.fixture
def checker(authority, tmp_path):
    """Function that checks one URL."""
    pem = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(pem))

    def check(url, rate_limiter=None, allowed=HOSTS, limits=PATIENT, **known):
        fetcher = Fetcher("test/1", parse_allowed_hosts(allowed), limits, resolve, str(pem))
        return LinkChecker(fetcher, "test", rate_limiter or RateLimiter(0)).check(Link(url, **known))

    return check


FAILED = {
    "/hang": errors.TIMEOUT,
    "/drip": errors.TIMEOUT,
    "/drip-body": errors.TIMEOUT,
    "/nothing": errors.BROKEN,
    "/reset": errors.BROKEN,
    "/short": errors.BROKEN,
    "/bad-chunks": errors.BROKEN,
    "/bad-gzip": errors.BROKEN,
    "/no-http": errors.BROKEN,
    "/many-headers": errors.BROKEN,
    "/long-header": errors.BROKEN,
    "/no-location": errors.BROKEN,
    "/gone": errors.STATUS,
    "/missing": errors.STATUS,
    "/broken": errors.STATUS,
    "/busy": errors.STATUS,
    "/loop": errors.REDIRECTS,
    "/loop-a": errors.REDIRECTS,
    "/far0": errors.REDIRECTS,
    "/to-file": errors.ADDRESS,
    "/to-gopher": errors.ADDRESS,
    "/to-password": errors.ADDRESS,
}


@pytest.mark.parametrize("path", FAILED)
def test_each_misbehaviour_has_its_code(server, checker, path):
    result = checker(server.url(path), limits=QUICK if FAILED[path] == errors.TIMEOUT else PATIENT)
    assert (result.state, result.problem) == ("failed", FAILED[path])


@pytest.mark.parametrize(
    "path", ["/fine", "/moved", "/huge", "/no-head", "/no-head-range", "/empty-file", "/far4", "/to-secure"]
)
def test_working_links_are_reached(server, checker, path):
    assert checker(server.url(path)).state == "reached"


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/kept-out", errors.ROBOTS),
        ("/a.secret", errors.ROBOTS),
        ("/login", errors.DENIED),
        ("/forbidden", errors.DENIED),
    ],
)
def test_links_closed_to_programs_are_unchecked_and_not_failed(server, checker, path, problem):
    result = checker(server.url(path))
    assert (result.state, result.problem) == ("unchecked", problem)


def test_urls_disallowed_by_robots_txt_are_not_requested(server, checker):
    before = len([path for _, path, _ in server.requests if path == "/kept-out"])
    checker(server.url("/kept-out"))
    assert len([path for _, path, _ in server.requests if path == "/kept-out"]) == before


INSIDE = [
    "/to-loopback",
    "/to-localhost",
    "/to-decimal",
    "/to-octal",
    "/to-mapped",
    "/to-zero",
    "/to-rebound",
    "/to-metadata",
]


@pytest.mark.parametrize("path", INSIDE)
def test_ssrf_redirects_to_private_addresses_are_not_followed(server, checker, trap, path):
    result = checker(server.url(path))
    assert (result.state, result.problem) == ("unchecked", errors.PRIVATE)
    assert trap.connections() == 0


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f.1",
        "0177.1",
        "[::1]",
        "[::ffff:7f00:1]",
        "0.0.0.0",
        "rebound.example",
    ],
)
def test_ssrf_links_to_private_addresses_are_not_requested(checker, trap, host):
    result = checker(f"http://{host}:{trap.port}/")
    assert (result.state, result.problem) == ("unchecked", errors.PRIVATE)
    assert trap.connections() == 0


def test_the_trap_counts_connections_to_an_allowed_host(checker, trap):
    checker(f"http://127.0.0.1:{trap.port}/", allowed=["127.0.0.1"], limits=QUICK)
    assert trap.connections() >= 1


def test_dns_rebinding_connects_to_the_checked_address(trap):
    """The second DNS answer would lead to the trap."""
    answers = iter([["203.0.113.7"], ["127.0.0.1"], ["127.0.0.1"]])
    resolved = []

    def turning(host, port):
        resolved.append(host)
        return next(answers)

    fetcher = Fetcher("test/1", parse_allowed_hosts(["203.0.113.0/24"]), Limits(0.2, 0.2, 0.4), turning)
    LinkChecker(fetcher, "test", RateLimiter(0)).check(Link(f"http://turning.example:{trap.port}/"))
    assert resolved == ["turning.example"]
    assert trap.connections() == 0


def test_a_host_with_private_addresses_only_is_not_contacted(server, trap):
    fetcher = Fetcher("test/1", parse_allowed_hosts([]), Limits(0.2, 0.2, 0.4), lambda host, port: ["127.0.0.1", "::1"])
    result = LinkChecker(fetcher, "test", RateLimiter(0)).check(Link(f"http://mixed.example:{trap.port}/"))
    assert result.problem == errors.PRIVATE
    assert trap.connections() == 0


def test_proxies_from_the_environment_are_not_used(checker, server, monkeypatch, trap):
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{trap.port}")
    assert checker(server.url("/fine")).state == "reached"
    assert trap.connections() == 0


def test_a_certificate_for_another_host_is_rejected(secure, checker):
    assert checker(secure.url("/fine")).state == "reached"
    assert checker(secure.url("/fine", "wrong.example")).problem == errors.TLS


def test_a_certificate_of_an_unknown_authority_is_rejected(checker):
    with serving({"*": OK}, tls_context(trustme.CA(), "web.example")) as stranger:
        assert checker(stranger.url("/fine")).problem == errors.TLS


def test_http_on_an_https_url_is_rejected(server, checker):
    assert checker(server.url("/fine").replace("http:", "https:")).problem == errors.TLS


def test_closed_port_and_unknown_host_name(checker):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert checker(f"http://web.example:{port}/").problem == errors.CONNECT
    assert checker("http://nowhere.example/").problem == errors.DNS


def test_a_resolver_that_hangs_is_a_timeout():
    fetcher = Fetcher("test/1", parse_allowed_hosts([]), Limits(0.1, 0.1, 0.2), lambda host, port: time.sleep(1))
    assert LinkChecker(fetcher, "test", RateLimiter(0)).check(Link("http://web.example/")).problem == errors.TIMEOUT


@pytest.mark.parametrize(
    "url",
    [
        "ftp://web.example/",
        "http:///x",
        "http://[::1",
        "javascript:alert(1)",
        "",
        "http://u:p@web.example/",
        "http://x" * 5000,
    ],
)
def test_invalid_urls_are_reported(checker, url):
    assert checker(url).problem == errors.ADDRESS


class TestConditions:
    """Conditional requests with ETag and Last-Modified."""

    @pytest.fixture
    def stable(self):
        def answer(connection, method, headers):
            if headers.get("if-none-match") == '"one"' or headers.get("if-modified-since"):
                return reply(304)
            return reply(200, b"data", ETag='"one"', Last_Modified="Mon, 01 Jun 2026 10:00:00 GMT")

        with serving({"/data": answer}) as server:
            yield server

    def test_validators_are_kept_and_sent_back(self, stable, checker):
        first = checker(stable.url("/data"))
        assert (first.etag, first.modified) == ('"one"', "Mon, 01 Jun 2026 10:00:00 GMT")
        second = checker(stable.url("/data"), etag=first.etag, modified=first.modified)
        assert (second.state, second.status, second.etag) == ("reached", 304, '"one"')

    def test_an_invalid_validator_is_not_kept(self, checker):
        with serving({"/x": reply(200, ETag="x" * 500, Last_Modified="é")}) as server:
            result = checker(server.url("/x"))
        assert (result.state, result.etag, result.modified) == ("reached", None, None)


class TestPoliteness:
    """User-Agent, robots.txt, Crawl-delay, Retry-After and the rate limit."""

    def test_the_user_agent_is_sent_and_no_credentials(self, server, checker):
        checker(server.url("/fine"))
        headers = next(headers for _, path, headers in reversed(server.requests) if path == "/fine")
        assert headers["user-agent"] == "test/1"
        assert not {"cookie", "authorization", "referer"} & headers.keys()

    def test_robots_txt_is_read_once_a_run(self, checker, authority):
        with serving({"/robots.txt": reply(404), "/fine": OK}) as server:
            checking = LinkChecker(Fetcher("t", parse_allowed_hosts(HOSTS), PATIENT, resolve), "t", RateLimiter(0))
            assert [checking.check(Link(server.url("/fine"))).state for _ in range(3)] == ["reached"] * 3
            assert server.counts()["GET", "/robots.txt"] == 1

    def test_a_failing_robots_txt_disallows_everything(self, checker):
        with serving({"/robots.txt": reply(500), "/fine": OK}) as server:
            assert checker(server.url("/fine")).problem == errors.ROBOTS

    def test_a_host_that_is_down_gets_one_request_for_all_its_links(self):
        with serving({"/robots.txt": hang}) as server:
            checking = LinkChecker(Fetcher("t", parse_allowed_hosts(HOSTS), QUICK, resolve), "t", RateLimiter(0))
            results = [checking.check(Link(server.url(f"/{n}"))) for n in range(5)]
            assert {result.problem for result in results} == {errors.TIMEOUT}
            assert len(server.requests) == 1

    def test_rate_limit_between_requests_to_one_host(self, server, checker):
        before, apart = len(server.requests), []
        rate_limiter = RateLimiter(
            0.15,
            clock=lambda: 100 + sum(seconds for _, seconds in apart),
            sleep=lambda seconds: apart.append((len(server.requests) - before, seconds)),
        )
        checker(server.url("/no-head"), rate_limiter=rate_limiter)
        assert len(server.requests) - before == 3
        assert apart == [(1, pytest.approx(0.15)), (2, pytest.approx(0.15))]

    def test_crawl_delay_is_respected(self):
        slept = []
        with serving({"/robots.txt": reply(200, b"User-agent: *\nCrawl-delay: 7\n"), "*": OK}) as server:
            rate_limiter = RateLimiter(0, clock=lambda: 100.0, sleep=slept.append)
            checking = LinkChecker(Fetcher("t", parse_allowed_hosts(HOSTS), PATIENT, resolve), "t", rate_limiter)
            checking.check(Link(server.url("/1")))
            checking.check(Link(server.url("/2")))
        assert slept == [7.0]

    def test_a_host_that_answers_429_is_left_alone_and_not_failed(self, server, checker):
        rate_limiter = RateLimiter(0)
        result = checker(server.url("/too-many"), rate_limiter=rate_limiter)
        assert (result.state, result.problem, result.wait) == (None, errors.WAIT, 3600)
        before = len(server.requests)
        again = checker(server.url("/fine"), rate_limiter=rate_limiter)
        assert (again.state, again.problem) == (None, errors.WAIT)
        assert 3500 < again.wait <= 3600
        # A new checker may read robots.txt before it learns about the wait.
        assert len(server.requests) <= before + 1

    def test_a_busy_host_is_not_requested_a_second_time(self, server, checker):
        before = len(server.requests)
        result = checker(server.url("/busy"))
        assert (result.status, result.wait) == (503, 120)
        assert [path for _, path, _ in server.requests[before:]] == ["/robots.txt", "/busy"]


def test_a_huge_body_is_truncated(server, checker):
    fetcher = Fetcher("t", parse_allowed_hosts(HOSTS), PATIENT, resolve)
    answer = fetcher.fetch("GET", server.url("/huge"), max_bytes=10_000)
    assert (len(answer.body), answer.truncated) == (10_000, True)


def test_tls_sends_the_server_name(authority, checker):
    named = []
    context = tls_context(authority, "web.example")
    context.sni_callback = lambda connection, name, _: named.append(name)
    with serving({"*": OK}, context) as server:
        checker(server.url("/"))
        assert server.requests[-1][2]["host"] == f"web.example:{server.port}"
    assert set(named) == {"web.example"}
