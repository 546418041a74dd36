/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/runner.h"

#include <unistd.h>

#include "cli/github.h"
#include "cli/markdown.h"
#include "cli/terminal.h"
#include "os/os.h"

#define NOTE_MAX ((size_t)16 * 1024 * 1024)

static const char *variable(const char *name)
{
    return ens_os_environment.get(ens_os_environment.ud, name);
}

bool ens_runner_is(void)
{
    return variable("GITHUB_ACTIONS") != NULL;
}

/* Text of a cloud must not be taken for a command by the runner that reads the output. What
 * replaces the last character of "::" and "##[" means the same in the format, or is as legible. */
static void defuse(struct ens_buf *out, enum ens_format format, ens_str text)
{
    switch (format) {
    case ENS_FORMAT_JSON:
        ens_github_defuse(out, text, ":", "\\u005b");
        return;
    case ENS_FORMAT_HTML:
    case ENS_FORMAT_JUNIT:
        ens_github_defuse(out, text, "&#58;", "&#91;");
        return;
    case ENS_FORMAT_TABLE:
    case ENS_FORMAT_MARKDOWN:
    case ENS_FORMAT_TARGETS:
    case ENS_FORMAT_TEXT:
    case ENS_FORMAT_MAN:
        ens_github_defuse(out, text, " :", " [");
        return;
    }
}

ens_rc ens_runner_write(int fd, enum ens_format format, ens_str text, struct ens_diags *diags)
{
    ENS_AUTO_BUF harmless = ens_buf_new(ENS_DOCUMENT_MAX);

    if (!ens_runner_is()) {
        return ens_terminal_write(fd, text, diags);
    }
    defuse(&harmless, format, text);
    if (ens_buf_failed(&harmless)) {
        return ens_fail(diags, ENS_LIMIT, NULL, "the result is larger than %zu bytes",
                        ENS_DOCUMENT_MAX);
    }
    return ens_terminal_write(fd, ens_buf_str(&harmless), diags);
}

void ens_runner_note(const struct ens_diags *diags)
{
    ENS_AUTO_BUF lines = ens_buf_new(NOTE_MAX);
    ENS_AUTO_DIAGS unwritable = {0};

    ens_terminal_put_diags(&lines, diags);
    (void)!ens_runner_write(STDERR_FILENO, ENS_FORMAT_TEXT, ens_buf_str(&lines), &unwritable);
}

static void append_summary(const char *path, const struct ens_report *report,
                           struct ens_diags *diags)
{
    ENS_AUTO_DIAGS own = {0};
    ENS_AUTO_BUF text = ens_buf_new(ENS_MARKDOWN_MAX + 1);

    ens_markdown_write(&text, report);
    ens_buf_add_char(&text, '\n'); /* another step may have written before, or write after this */
    if (ens_os_append_file(path, ens_buf_str(&text), &own) != ENS_OK) {
        ens_diags_add(diags, ENS_WARNING, path, NULL,
                      "the summary of the step (GITHUB_STEP_SUMMARY) is not written: %s",
                      own.items[0].summary);
    }
}

void ens_runner_result(const struct ens_report *report, const struct ens_result *result)
{
    ENS_AUTO_BUF line = ens_buf_new(NOTE_MAX);

    if (ens_runner_is()) {
        ens_github_result(&line, report, result);
        ens_terminal_note(ens_buf_str(&line));
    }
}

void ens_runner_failure(const struct ens_find_failure *failure)
{
    ENS_AUTO_BUF line = ens_buf_new(NOTE_MAX);

    if (ens_runner_is()) {
        ens_github_failure(&line, failure);
        ens_terminal_note(ens_buf_str(&line));
    }
}

void ens_runner_warning(ens_str warning)
{
    ENS_AUTO_BUF line = ens_buf_new(NOTE_MAX);

    if (ens_runner_is()) {
        ens_github_warning(&line, warning);
        ens_terminal_note(ens_buf_str(&line));
    }
}

void ens_runner_tell(const struct ens_report *report, struct ens_diags *diags)
{
    ENS_AUTO_BUF lines = ens_buf_new(ENS_DOCUMENT_MAX);
    const char *summary = variable("GITHUB_STEP_SUMMARY");

    if (!ens_runner_is()) {
        return;
    }
    ens_github_annotations(&lines, report);
    ens_terminal_note(ens_buf_str(&lines));
    if (summary != NULL && report->tally != NULL) {
        ens_diags_add(diags, ENS_WARNING, summary, NULL,
                      "the summary of the step (GITHUB_STEP_SUMMARY) is not written: it takes at "
                      "most %d instances",
                      ENS_RESULTS_MAX);
    } else if (summary != NULL) {
        append_summary(summary, report, diags);
    }
}
