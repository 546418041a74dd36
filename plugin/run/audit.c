#include "run/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/timestamp.h"
#include "run/json_line.h"
#include "run/os_error.h"

#define LINE_MAX_SIZE ((size_t)1024 * 1024) /* 1000 targets of the longest kind, and the rest */

struct ens_audit {
    int fd;
    bool torn; /* the last line was not written whole: the next starts on a line of its own */
};

ens_rc ens_audit_open(const char *path, struct ens_audit **ret, struct ens_diags *diags)
{
    char text[ENS_OS_ERROR_SIZE];
    struct stat stat = {0};
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);

    if (fd < 0) {
        return ens_fail(diags, ENS_IO, path, "can't open the audit log: %s",
                        ens_os_error(errno, text));
    }
    if (fstat(fd, &stat) != 0 || !S_ISREG(stat.st_mode)) {
        (void)close(fd);
        return ens_fail(diags, ENS_INVALID, path, "the audit log is not a regular file");
    }
    *ret = ens_alloc(sizeof(**ret));
    (*ret)->fd = fd;
    return ENS_OK;
}

void ens_audit_close(struct ens_audit *audit)
{
    if (audit != NULL) {
        (void)close(audit->fd);
        ens_free(audit);
    }
}

static void add_targets(struct ens_buf *out, const struct ens_audit_line *line)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_BUF list = ens_buf_new(LINE_MAX_SIZE);

    (void)ens_buf_add_char(&list, '[');
    for (size_t i = 0; i < line->id_count; i++) {
        if (i > 0) {
            (void)ens_buf_add_char(&list, ',');
        }
        ens_json_quote(&list,
                       ens_arena_printf(arena, "%.*s/%.*s/%.*s", ENS_STR_ARG(line->cloud),
                                        ENS_STR_ARG(line->region), ENS_STR_ARG(line->ids[i])));
    }
    (void)ens_buf_add_char(&list, ']');
    ens_json_raw(out, ENS_STR("targets"), ens_buf_str(&list));
}

static void compose(struct ens_buf *out, const struct ens_audit_line *line)
{
    char time[ENS_TIMESTAMP_SIZE];

    ens_timestamp_format_us(line->unix_ms, time);
    ens_json_begin(out);
    ens_json_text(out, ENS_STR("time"), ens_str_of(time));
    ens_json_text(out, ENS_STR("action"), ens_str_of(line->action));
    ens_json_bool(out, ENS_STR("dry_run"), line->dry_run);
    add_targets(out, line);
    ens_json_number(out, ENS_STR("attempt"), line->attempt);
    ens_json_text(out, ENS_STR("outcome"), ens_str_of(ens_reason_name(line->outcome)));
    ens_json_number(out, ENS_STR("http_status"), line->http_status);
    ens_json_text(out, ENS_STR("provider_code"), line->provider_code);
    ens_json_text(out, ENS_STR("request_id"), line->request_id);
    ens_json_text(out, ENS_STR("client_token"), line->client_token);
    ens_json_end(out);
}

void ens_audit_write(struct ens_audit *audit, const struct ens_audit_line *line)
{
    ENS_AUTO_BUF out = ens_buf_new(LINE_MAX_SIZE);
    ssize_t put = -1;

    if (audit == NULL) {
        return;
    }
    if (audit->torn) {
        (void)ens_buf_add_char(&out, '\n');
    }
    compose(&out, line);
    do { /* one write a line: O_APPEND keeps the lines of several processes whole */
        put = write(audit->fd, out.ptr, out.len);
    } while (put < 0 && errno == EINTR);
    audit->torn = put >= 0 ? (size_t)put != out.len : audit->torn;
}
