/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/runner.h"

#include "cli/github.h"
#include "cli/markdown.h"
#include "cli/terminal.h"
#include "os/os.h"

static const char *variable(const char *name)
{
    return ens_os_environment.get(ens_os_environment.ud, name);
}

bool ens_runner_present(void)
{
    return variable("GITHUB_ACTIONS") != NULL;
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

void ens_runner_tell(const struct ens_report *report, struct ens_diags *diags)
{
    ENS_AUTO_BUF lines = ens_buf_new(ENS_DOCUMENT_MAX);
    const char *summary = variable("GITHUB_STEP_SUMMARY");

    if (!ens_runner_present()) {
        return;
    }
    ens_github_annotations(&lines, report);
    ens_terminal_note(ens_buf_str(&lines));
    if (summary != NULL) {
        append_summary(summary, report, diags);
    }
}
