#include "cli/show.h"

#include "cli/markdown.h"
#include "cli/table.h"
#include "cli/terminal.h"

#define INDENT 2 /* of JSON */

ens_rc ens_show(int fd, enum ens_format format, const struct ens_report *report,
                struct ens_diags *diags)
{
    ENS_AUTO_BUF out = ens_buf_new(ENS_DOCUMENT_MAX);

    if (format == ENS_FORMAT_JSON) {
        ens_document_write(&out, report->document, INDENT);
    } else if (format == ENS_FORMAT_MARKDOWN) {
        ens_markdown_write(&out, report);
    } else {
        const struct ens_style style = ens_terminal_style(fd);
        ens_table_write(&out, report, &style);
    }
    if (ens_buf_failed(&out)) {
        return ens_fail(diags, ENS_LIMIT, NULL, "the result is larger than %zu bytes",
                        ENS_DOCUMENT_MAX);
    }
    return ens_terminal_write(fd, ens_buf_str(&out), diags);
}
