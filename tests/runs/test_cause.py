"""The table of symptoms: exit codes, console texts, and Phantombuster's own words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantombot.runs.cause import Cause, cause_in_line, cause_in_own_words, cause_of_code

LINKEDIN_EXPIRED = Cause.LINKEDIN_COOKIE_EXPIRED


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        (71, Cause.SHEET_EMPTY),
        (72, Cause.SHEET_NOT_SHARED),
        (75, Cause.INPUT_UNREACHABLE),
        (76, Cause.BAD_INPUT),
        (77, Cause.PROXY),
        (78, Cause.NO_INPUT),
        (82, Cause.LINKEDIN_COOKIE_MISSING),
        (83, Cause.LINKEDIN_COOKIE_BAD),
        (84, Cause.LINKEDIN_COOKIE_EXPIRED),
        (85, Cause.LINKEDIN_BLOCKED),
        (87, Cause.COOKIE),
        (88, Cause.SLACK_COOKIE_MISSING),
        (89, Cause.SLACK_COOKIE_BAD),
        (90, Cause.SLACK_WORKSPACE),
        (91, Cause.SLACK_WORKSPACE),
        (92, Cause.TWITTER_RATE_LIMIT),
        (93, Cause.TWITTER_COOKIE_BAD),
        (94, Cause.TWITTER_COOKIE_EXPIRED),
        (95, Cause.TWITTER_BLOCKED),
        (96, Cause.TWITTER_COOKIE_MISSING),
        (97, Cause.TWITTER_COOKIE_BAD),
        (98, Cause.COOKIE_MISSING),
        (99, Cause.COOKIE),
        (100, Cause.COOKIE),
        (101, Cause.COOKIE_MISSING),
        (103, Cause.INSTAGRAM_COOKIE_BAD),
        (104, Cause.INSTAGRAM_COOKIE_EXPIRED),
        (105, Cause.INSTAGRAM_BLOCKED),
        (106, Cause.INSTAGRAM_COOKIE_MISSING),
        (107, Cause.INSTAGRAM_COOKIE_BAD),
        (108, Cause.COOKIE),
        (109, Cause.COOKIE_MISSING),
        (113, Cause.FACEBOOK_COOKIE_BAD),
        (114, Cause.FACEBOOK_COOKIE_EXPIRED),
        (115, Cause.FACEBOOK_BLOCKED),
        (116, Cause.FACEBOOK_COOKIE_MISSING),
        (117, Cause.FACEBOOK_COOKIE_BAD),
        (118, Cause.SITE_SILENT),
        *((code, Cause.UNKNOWN) for code in (None, 0, 1, -1, 2, 70, 73, 86, 102, 112, 119, 255)),
    ],
)
def test_each_exit_code_of_the_vendors_scripts_has_a_cause(code: int | None, cause: Cause):
    assert cause_of_code(code) is cause


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("❌ Session cookie not valid anymore. Please log in to LinkedIn to get", LINKEDIN_EXPIRED),
        ("Can't connect to LinkedIn with this session cookie: it has expired.", LINKEDIN_EXPIRED),
        ("❌ Can't connect to LinkedIn with this session cookie.", Cause.LINKEDIN_COOKIE_BAD),
        ("❌ Can\u2019t connect to LinkedIn with this session cookie", Cause.LINKEDIN_COOKIE_BAD),
        ("❌ You didn't enter your LinkedIn session cookie into", Cause.LINKEDIN_COOKIE_MISSING),
        ("⚠️ but LinkedIn is asking for a mail verification.", Cause.LINKEDIN_BLOCKED),
        ("❌ Can't connect to Instagram with this session cookie.", Cause.INSTAGRAM_COOKIE_BAD),
        ("❌ Can't connect to Facebook with these session cookies.", Cause.FACEBOOK_COOKIE_BAD),
        ("❌ Can't connect to Youtube with these session cookies.", Cause.COOKIE),
        ("❌ No valid credentials found", Cause.COOKIE),
        ("❌ Invalid Slack session cookie. Did you specify it?", Cause.COOKIE),
        ("⚠️ Invalid Slack Workspace URL. Did you specify one?", Cause.SLACK_WORKSPACE),
        ("⚠️ Disconnected by LinkedIn, couldn't verify", Cause.DISCONNECTED),
        ("⚠️ You've reached the weekly invitation limit", Cause.WEEKLY_LIMIT),
        ("⚠️ Weekly limit of invitations reached", Cause.WEEKLY_LIMIT),
        ("⚠️ it seems you've reached LinkedIn commercial search limit.", Cause.SEARCH_LIMIT),
        ("⚠️ Twitter rate limit reached, you should try again later.", Cause.TWITTER_RATE_LIMIT),
        ("⚠️ Rate limited by Instagram, stopping the agent...", Cause.RATE_LIMITED),
        ("❌ You've been rate limited, please try again later", Cause.RATE_LIMITED),
        ("❌ Something went wrong at the site, try again later", Cause.TRY_LATER),
        ("❌ Try again in 15 minutes", Cause.TRY_LATER),
        ("❌ You have been logged out of LinkedIn", Cause.DISCONNECTED),
        ("❌ LinkedIn has disconnected you", Cause.DISCONNECTED),
        ("❌ Your spreadsheet isn't public", Cause.SHEET_NOT_SHARED),
        ("❌ The Google Sheet is private", Cause.SHEET_NOT_SHARED),
        ("❌ Make sure that the Google Sheet is publicly accessible", Cause.SHEET_NOT_SHARED),
        ("❌ The column profileUrl is missing", Cause.COLUMN_MISSING),
        ("Error: net::ERR_CONNECTION_TIMED_OUT at https://x.test", Cause.SITE_SILENT),
        ("Error: net::ERR_CONNECTION_RESET", Cause.SITE_SILENT),
        ("⚠️ Rate limit hit: stopping the agent.", Cause.RATE_LIMITED),
        ("Error: Too many requests", Cause.RATE_LIMITED),
        ("Could not download csv, maybe csv is not public.", Cause.SHEET_NOT_SHARED),
        ("❌ This spreadsheet is not shared", Cause.SHEET_NOT_SHARED),
        ("Input spreadsheet is empty!", Cause.SHEET_EMPTY),
        ("https://x.y/z doesn't represent a CSV file", Cause.INPUT_UNREACHABLE),
        ("❌ Could not get session cookie from global object: x", Cause.INPUT_UNREACHABLE),
        ("Error: the API configuration/argument seems invalid:", Cause.BAD_INPUT),
        ("❌ You didn't enter any input spreadsheet!", Cause.NO_INPUT),
        ("❌ There's no column named 'url' in your spreadsheet.", Cause.COLUMN_MISSING),
        ("⚠️ there's no column named 'a'. Using first column instead.", Cause.UNKNOWN),
        ("❌ Can't connect to LinkedIn, the proxy used may not be working.", Cause.PROXY),
        ("net::ERR_PROXY_CONNECTION_FAILED", Cause.PROXY),
        ("❌ Your proxy isn't working", Cause.PROXY),
        ("❌ Connection has timed out.", Cause.SITE_SILENT),
        ("⚠️ Spreadsheet is empty OR everyone is processed", Cause.ALL_PROCESSED),
        ("⚠️ Input spreadsheet is empty OR we already scraped all the posts", Cause.ALL_PROCESSED),
        ("⚠️ We already processed all the lines from this spreadsheet.", Cause.ALL_PROCESSED),
        ("⚠️ everyone from this sheet's already been processed.", Cause.ALL_PROCESSED),
        ("All profiles have already been processed", Cause.ALL_PROCESSED),
        ("🔄 We already scraped all the pages, scraping the last one again...", Cause.UNKNOWN),
        ("🔄 ada already processed, next one", Cause.UNKNOWN),
        ("✅ Connected successfully as Ada to LinkedIn", Cause.UNKNOWN),
        ("Execution time: 12 s, 3 pages in parallel", Cause.UNKNOWN),
        ("Scraped the storage limit page", Cause.UNKNOWN),
        ("", Cause.UNKNOWN),
    ],
)  # fmt: skip
def test_a_line_of_a_console_tells_a_cause(line: str, cause: Cause):
    assert cause_in_line(line) is cause


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ("Agent has no associated script", Cause.NO_SCRIPT),
        ("Maximum parallel executions reached", Cause.PARALLEL),
        ("Storage is full", Cause.STORAGE),
        ("Not enough storage left", Cause.STORAGE),
        ("Maximum execution time reached", Cause.RUN_TIME),
        ("agent timeout", Cause.RUN_TIME),
        ("No execution time left", Cause.TIME_USED_UP),
        ("* Container started\n* Storage limit exceeded", Cause.STORAGE),
        ("Agent finished (error)", Cause.UNKNOWN),
    ],
)
def test_phantombusters_own_words_tell_a_cause(words: str, cause: Cause):
    assert cause_in_own_words(words) is cause


def test_a_code_that_several_sites_use_leaves_it_to_the_console_to_name_the_site():
    assert cause_of_code(87, LINKEDIN_EXPIRED) is LINKEDIN_EXPIRED
    assert cause_of_code(113, Cause.COOKIE) is Cause.COOKIE
    assert cause_of_code(84, Cause.COOKIE) is LINKEDIN_EXPIRED
    assert cause_of_code(87, Cause.PROXY) is Cause.COOKIE


@given(st.text(max_size=500), st.integers() | st.none())
def test_any_line_and_any_code_have_at_most_one_cause(text: str, code: int | None):
    assert cause_in_line(text) in Cause
    assert cause_in_own_words(text) in Cause
    assert cause_of_code(code, text) in Cause
