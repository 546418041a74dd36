/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/help.h"

#include "cli/text.h"

#define WIDTH 80
#define SUMMARY                                                                                    \
    "Makes sure that cloud instances are running: Volcengine ECS, Alibaba Cloud ECS and Baidu "    \
    "BCC."

struct row {
    const char *name;
    const char *text;
};

static const char *const target_text =
    "A TARGET is cloud/region/instance-id, such as alibaba/cn-hangzhou/i-bp67acfmxazb4p0001. "
    "An argument that names an existing file is read by its content: a fleet, {\"targets\": "
    "[\"...\"]}, a saved plan, what terraform output -json prints, or lines with one target each "
    "and comments from # on; - is standard input. A target that is named twice counts once. "
    "A fleet may say what its instances are instead: {\"select\": [{\"cloud\": \"alibaba\", "
    "\"region\": \"cn-hangzhou\", \"status\": [\"stopped\"], \"tags\": {\"env\": \"ci\"}}]}. They "
    "are found when a verb begins, before anything else is asked; name, zone, group and limit "
    "narrow them as the options of find do.";

static const struct row exit_codes[] = {
    {"0", "plan: nothing is refused; apply, wait: all are running; status: all were read; "
          "find: all regions were listed; doctor: the keys may read; or the fleet is empty"},
    {"1", "usage or configuration is wrong, no target had credentials, or the question was not "
          "answered with yes"},
    {"2", "plan --detailed-exitcode: there is something to start"},
    {"3",
     "at least one target was refused or failed; status, wait: is absent or could not be "
     "read; wait: is failed or being deleted; find, or the selectors of a fleet: a region could "
     "not be listed; doctor: a cloud is not known to be readable"},
    {"4", "apply, wait: at least one is unfinished; run it again to go on waiting"},
    {"130", "interrupted; what was known until then is printed"},
};

static const struct row files[] = {
    {"~/.volcengine/config.json", "keys of Volcengine, as its own command line keeps them"},
    {"~/.aliyun/config.json", "keys of Alibaba Cloud, likewise"},
    {"~/.bce/config.json", "keys of Baidu, likewise"},
    {"PREFIX/share/ensure/schemas/", "JSON Schemas of fleets, plans, results and audit lines"},
};

static const struct row environment[] = {
    {"VOLCENGINE_ACCESS_KEY", "key of Volcengine, with VOLCENGINE_SECRET_KEY and, for a temporary "
                              "one, VOLCENGINE_SESSION_TOKEN"},
    {"ALIBABA_CLOUD_ACCESS_KEY_ID",
     "key of Alibaba Cloud, with ALIBABA_CLOUD_ACCESS_KEY_SECRET and ALIBABA_CLOUD_SECURITY_TOKEN"},
    {"BCE_ACCESS_KEY_ID", "key of Baidu, with BCE_SECRET_ACCESS_KEY and BCE_SECURITY_TOKEN"},
    {"ENSURE_VOLCENGINE_ENDPOINT", "scheme://host[:port] instead of the cloud's own, likewise "
                                   "ENSURE_ALIBABA_ENDPOINT and ENSURE_BAIDU_ENDPOINT"},
    {"ENSURE_PLUGIN",
     "path of another terraform-provider-ensure to start, instead of this program itself"},
    {"ENSURE_PROVIDER_PATH", "a further directory of provider shared objects"},
    {"ENSURE_LOG", "log level on standard error: error, warn, info, debug or trace"},
    {"ENSURE_AUDIT_LOG",
     "file that gets a line before each start and after every call; no start without it"},
    {"ENSURE_POLICY", "file of guards, what may be started, beside /etc/ensure/policy.json"},
    {"OTEL_EXPORTER_OTLP_ENDPOINT",
     "http(s)://host[:port] of an OpenTelemetry collector, which gets a span of each run and each "
     "request to a cloud; TRACEPARENT names the span that they are below"},
    {"GITHUB_ACTIONS",
     "when it is set, refused and failed targets are annotated on standard error, and the report "
     "is appended to the file that GITHUB_STEP_SUMMARY names"},
    {"ENSURE_SHARDS", "with --shard auto in an indexed Job of Kubernetes: the number of its "
                      "completions"},
    {"NO_COLOR", "no colours when it is set"},
};

static const struct row examples[] = {
    {"ensure find alibaba/cn-hangzhou --status stopped", "which are there"},
    {"ensure status fleet.json", "how they are"},
    {"ensure plan --out fleet.plan fleet.json", "what would be started, saved"},
    {"ensure apply fleet.plan", "do just that, once"},
    {"terraform output -json | ensure wait -", "until what Terraform made is running"},
    {"ensure merge result.*.json", "what the parts of a job array did"},
    {"ensure apply --yes --format json fleet.json", "in a script"},
};

/* ---- text ------------------------------------------------------------------------------------ */

static void heading(struct ens_buf *out, const char *text)
{
    ens_buf_addf(out, "\n%s\n", text);
}

/* A term with its text in a second column, or on the next lines where the term is too long. */
static void definition(struct ens_buf *out, const char *term, const char *text, size_t column)
{
    ENS_AUTO_BUF paragraph = ens_buf_new((size_t)64 * 1024);
    size_t width = ens_text_width(ens_str_of(term));

    ens_text_wrap(&paragraph, ens_str_of(text), column, WIDTH);
    ens_buf_addf(out, "  %s", term);
    if (width + 3 > column) {
        ens_buf_addf(out, "\n%s", ens_buf_text(&paragraph));
    } else {
        ens_buf_addf(out, "%s", ens_buf_text(&paragraph) + width + 2);
    }
}

static void definitions(struct ens_buf *out, const char *title, const struct row *rows,
                        size_t count, size_t column)
{
    heading(out, title);
    for (size_t i = 0; i < count; i++) {
        definition(out, rows[i].name, rows[i].text, column);
    }
}

void ens_help_overview(struct ens_buf *out)
{
    ens_text_wrap(out, ens_str_of(SUMMARY), 0, WIDTH);
    heading(out, "Usage");
    ens_buf_add(out, ENS_STR("  ensure VERB [OPTION]... [ARGUMENT]...\n"));
    heading(out, "Verbs");
    for (size_t i = 0; i < ENS_VERB_COUNT; i++) {
        definition(out, ens_verbs[i].name, ens_verbs[i].summary, 14);
    }
    heading(out, "Targets");
    ens_text_wrap(out, ens_str_of(target_text), 2, WIDTH);
    definitions(out, "Examples", examples, ENS_COUNT(examples), 48);
    definitions(out, "Exit codes", exit_codes, ENS_COUNT(exit_codes), 8);
    definitions(out, "Environment", environment, ENS_COUNT(environment), 32);
    ens_buf_add(out, ENS_STR("\nensure VERB --help says more about a verb.\n"));
}

static void paragraphs(struct ens_buf *out, const char *text, size_t indent)
{
    for (ens_str rest = ens_str_of(text); rest.len > 0;) {
        ens_text_wrap(out, ens_str_cut(rest, '\n', &rest), indent, WIDTH);
    }
}

/* term: "-f, --file FILE"; text: the summary with the choices. */
static void option_words(const struct ens_option_row *row, struct ens_buf *term,
                         struct ens_buf *text)
{
    if (row->letter != 0) {
        ens_buf_addf(term, "-%c, ", row->letter);
    }
    ens_buf_addf(term, "--%s%s%s", row->name, row->argument == NULL ? "" : " ",
                 row->argument == NULL ? "" : row->argument);
    ens_buf_addf(text, "%s", row->summary);
    for (ens_str rest = ens_str_of(row->choices); rest.len > 0;) {
        ens_str choice = ens_str_cut(rest, ' ', &rest);
        bool first = choice.ptr == row->choices;
        ens_buf_addf(text, "%s%.*s%s", first ? ": " : (rest.len > 0 ? ", " : " or "),
                     ENS_STR_ARG(choice), first ? " (default)" : "");
    }
}

void ens_help_verb(struct ens_buf *out, enum ens_verb verb)
{
    const struct ens_verb_row *row = &ens_verbs[verb];
    bool targets = verb == ENS_VERB_PLAN || verb == ENS_VERB_APPLY || verb == ENS_VERB_STATUS ||
                   verb == ENS_VERB_WAIT;

    ens_buf_addf(out, "ensure %s: %s\n", row->name, row->summary);
    heading(out, "Usage");
    ens_buf_addf(out, "  ensure %s [OPTION]...%s%s\n\n", row->name,
                 row->arguments[0] == '\0' ? "" : " ", row->arguments);
    paragraphs(out, row->text, 2);
    heading(out, "Options");
    for (size_t i = 0; i < ens_option_count; i++) {
        ENS_AUTO_BUF term = ens_buf_new(1024);
        ENS_AUTO_BUF text = ens_buf_new(4096);
        if ((ens_option_rows[i].verbs & (1u << verb)) != 0) {
            option_words(&ens_option_rows[i], &term, &text);
            definition(out, ens_buf_text(&term), ens_buf_text(&text), 24);
        }
    }
    if (targets) {
        heading(out, "Targets");
        ens_text_wrap(out, ens_str_of(target_text), 2, WIDTH);
        definitions(out, "Exit codes", exit_codes, ENS_COUNT(exit_codes), 8);
    }
}

/* ---- the manual page ------------------------------------------------------------------------- */

/* Escapes text for roff: a leading dot or quote begins a request, "-" is a hyphen. */
static void roff(struct ens_buf *out, const char *text)
{
    if (text[0] == '.' || text[0] == '\'') {
        ens_buf_add(out, ENS_STR("\\&"));
    }
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '\\') {
            ens_buf_add(out, ENS_STR("\\e"));
        } else if (*c == '-') {
            ens_buf_add(out, ENS_STR("\\-"));
        } else {
            ens_buf_add_char(out, *c);
        }
    }
    ens_buf_add_char(out, '\n');
}

static void roff_definition(struct ens_buf *out, const char *term, const char *text)
{
    ens_buf_add(out, ENS_STR(".TP\n.B "));
    roff(out, term);
    roff(out, text);
}

static void roff_definitions(struct ens_buf *out, const char *title, const struct row *rows,
                             size_t count)
{
    ens_buf_addf(out, ".SH %s\n", title);
    for (size_t i = 0; i < count; i++) {
        roff_definition(out, rows[i].name, rows[i].text);
    }
}

static void roff_verb(struct ens_buf *out, enum ens_verb verb)
{
    const struct ens_verb_row *row = &ens_verbs[verb];

    ens_buf_addf(out, ".SS ensure %s %s\n", row->name, row->arguments);
    for (ens_str rest = ens_str_of(row->text); rest.len > 0;) {
        ENS_AUTO_BUF line = ens_buf_new((size_t)64 * 1024);
        ens_buf_add(&line, ens_str_cut(rest, '\n', &rest));
        ens_buf_add(out, ENS_STR(".PP\n"));
        roff(out, ens_buf_text(&line));
    }
    for (size_t i = 0; i < ens_option_count; i++) {
        ENS_AUTO_BUF term = ens_buf_new(1024);
        ENS_AUTO_BUF text = ens_buf_new(4096);
        if ((ens_option_rows[i].verbs & (1u << verb)) != 0) {
            option_words(&ens_option_rows[i], &term, &text);
            roff_definition(out, ens_buf_text(&term), ens_buf_text(&text));
        }
    }
}

static void manual_page(struct ens_buf *out)
{
    ens_buf_add(out, ENS_STR(".TH ENSURE 1 \"\" \"ensure " ENS_VERSION "\"\n"
                             /* No hyphenation: code and targets must stay in one piece. */
                             ".nh\n.ad l\n"
                             ".SH NAME\nensure \\- make sure that cloud instances are "
                             "running\n"
                             ".SH SYNOPSIS\n.B ensure\nVERB [OPTION]... [ARGUMENT]...\n"
                             ".SH DESCRIPTION\n"));
    roff(out, SUMMARY);
    ens_buf_add(out, ENS_STR(".PP\n"));
    roff(out, target_text);
    ens_buf_add(out, ENS_STR(".SH VERBS\n"));
    for (unsigned verb = 0; verb < ENS_VERB_COUNT; verb++) {
        roff_verb(out, (enum ens_verb)verb);
    }
    roff_definitions(out, "EXIT STATUS", exit_codes, ENS_COUNT(exit_codes));
    roff_definitions(out, "ENVIRONMENT", environment, ENS_COUNT(environment));
    roff_definitions(out, "FILES", files, ENS_COUNT(files));
    roff_definitions(out, "EXAMPLES", examples, ENS_COUNT(examples));
    ens_buf_add(out, ENS_STR(".SH SEE ALSO\n"
                             ".BR ensure\\-emulator (1),\n"
                             ".BR ensure\\-provider (7),\n"
                             ".BR terraform (1),\n"
                             ".BR ansible\\-playbook (1)\n"));
}

void ens_help_write(struct ens_buf *out, enum ens_format format)
{
    switch (format) {
    case ENS_FORMAT_MAN:
        manual_page(out);
        return;
    case ENS_FORMAT_TEXT:
    case ENS_FORMAT_TABLE:
    case ENS_FORMAT_JSON:
    case ENS_FORMAT_MARKDOWN:
    case ENS_FORMAT_HTML:
    case ENS_FORMAT_JUNIT:
    case ENS_FORMAT_TARGETS:
        ens_help_overview(out);
        return;
    }
}
