#include "run/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/timestamp.h"
#include "core/json.h"
#include "core/target.h"
#include "run/os_error.h"

#define TEXT_MAX      ((size_t)1024)        /* bytes of what a cloud sent; the rest is cut off */
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

static void add_targets(struct ens_json *json, const struct ens_audit_line *line)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();

    ens_json_name(json, "targets");
    ens_json_begin(json, '[');
    for (size_t i = 0; i < line->id_count; i++) {
        const struct ens_target target = {line->cloud, line->region, line->ids[i]};
        ens_json_text(json, ens_target_text(arena, &target));
    }
    ens_json_end(json, ']');
}

static void add_text(struct ens_json *json, const char *name, ens_str value)
{
    ens_json_name(json, name);
    ens_json_text(json, (ens_str){value.ptr, value.len > TEXT_MAX ? TEXT_MAX : value.len});
}

static void compose(struct ens_buf *out, const struct ens_audit_line *line)
{
    struct ens_json json = ens_json_new(out, 0);
    char time[ENS_TIMESTAMP_SIZE];

    ens_timestamp_format_us(line->unix_ms, time);
    ens_json_begin(&json, '{');
    add_text(&json, "time", ens_str_of(time));
    add_text(&json, "action", ens_str_of(line->action));
    ens_json_name(&json, "dry_run");
    ens_json_bool(&json, line->dry_run);
    add_targets(&json, line);
    ens_json_name(&json, "attempt");
    ens_json_int(&json, line->attempt);
    add_text(&json, "outcome", ens_str_of(ens_reason_name(line->outcome)));
    ens_json_name(&json, "http_status");
    ens_json_int(&json, line->http_status);
    add_text(&json, "provider_code", line->provider_code);
    add_text(&json, "request_id", line->request_id);
    add_text(&json, "client_token", line->client_token);
    ens_json_end(&json, '}');
    (void)ens_buf_add_char(out, '\n');
}

ens_rc ens_audit_write(struct ens_audit *audit, const struct ens_audit_line *line)
{
    ENS_AUTO_BUF out = ens_buf_new(LINE_MAX_SIZE);
    ssize_t put = -1;

    if (audit == NULL) {
        return ENS_OK;
    }
    if (audit->torn) {
        (void)ens_buf_add_char(&out, '\n');
    }
    compose(&out, line);
    do { /* one write a line: O_APPEND keeps the lines of several processes whole */
        put = write(audit->fd, out.ptr, out.len);
    } while (put < 0 && errno == EINTR);
    if (put > 0) {
        audit->torn = (size_t)put != out.len;
    }
    return put >= 0 && (size_t)put == out.len ? ENS_OK : ENS_IO;
}
