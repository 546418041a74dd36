/* SPDX-License-Identifier: Apache-2.0 */
#include "os/os.h"

#include <errno.h>
#include <pthread.h>
#include <unistd.h>

#include "base/timestamp.h"
#include "core/json.h"

/* go-plugin hosts split longer lines, and the parts lose their level. */
#define LINE_MAX_SIZE ((size_t)64 * 1024)
#define VALUE_MAX     ((size_t)8 * 1024) /* bytes of a message or value; the rest is cut off */
#define ESCAPED       ((size_t)3)        /* the largest factor by which escaping lengthens a text */
#define NAME_MAX_SIZE ((size_t)64)

/* Writes to a pipe are atomic only up to PIPE_BUF (4 KiB); without a lock, longer lines of two
 * threads would interleave. */
static pthread_mutex_t write_lock = PTHREAD_MUTEX_INITIALIZER;

static void write_line(const struct ens_buf *line)
{
    ens_str left = ens_buf_str(line);

    (void)pthread_mutex_lock(&write_lock);
    while (left.len > 0) {
        ssize_t put = write(STDERR_FILENO, left.ptr, left.len);
        if (put < 0 && errno != EINTR) {
            break; /* stderr is the only place to report it */
        }
        if (put > 0) {
            left = (ens_str){left.ptr + put, left.len - (size_t)put};
        }
    }
    (void)pthread_mutex_unlock(&write_lock);
}

static ens_str cut(ens_str value)
{
    return (ens_str){value.ptr, value.len > VALUE_MAX ? VALUE_MAX : value.len};
}

/* Whether a pair fits into the line, together with the end of the line. */
static bool fits(const struct ens_buf *line, ens_str value)
{
    return line->max - line->len >= NAME_MAX_SIZE + ESCAPED * value.len + 16;
}

/* The name of a pair with every other character replaced by '_': it then needs no escaping in
 * either format, and can't be one of hclog's own names such as "@level", on which Terraform panics.
 */
static const char *name_of(ens_str name, char *out)
{
    static const char set[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
    size_t len = name.len < NAME_MAX_SIZE - 1 ? name.len : NAME_MAX_SIZE - 1;

    for (size_t i = 0; i < len; i++) {
        out[i] = '_';
        if (ens_str_all_in((ens_str){name.ptr + i, 1}, set)) {
            out[i] = name.ptr[i];
        }
    }
    out[len] = '\0';
    return out;
}

/* ---- text format ---- */

/* Whether the value needs no quotes. All others are quoted, so that a value can't be mistaken for
 * another pair. */
static bool is_word(ens_str value)
{
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];
        if (c <= ' ' || c > '~' || c == '"' || c == '\\' || c == '=') {
            return false;
        }
    }
    return value.len > 0;
}

static void add_quoted(struct ens_buf *line, ens_str value)
{
    struct ens_json json = ens_json_new(line, 0);

    ens_json_text(&json, value);
}

/* Adds the message escaped but without quotes, so that it can't contain a line end. */
static void add_message(struct ens_buf *line, ens_str message)
{
    ENS_AUTO_BUF quoted = ens_buf_new(LINE_MAX_SIZE);

    add_quoted(&quoted, message);
    ens_buf_add(line, (ens_str){quoted.ptr + 1, quoted.len - 2});
}

static void write_text(void *ud, enum ens_log_level level, const char *module, const char *message,
                       const struct ens_pair *pairs, size_t pair_count)
{
    ENS_AUTO_BUF line = ens_buf_new(LINE_MAX_SIZE);
    char name[NAME_MAX_SIZE];

    (void)ud;
    ens_buf_addf(&line, "%s %s: ", ens_log_level_name(level), module);
    add_message(&line, cut(ens_str_of(message)));
    for (size_t i = 0; i < pair_count; i++) {
        ens_str value = cut(pairs[i].value);
        if (!fits(&line, value)) {
            continue;
        }
        ens_buf_addf(&line, " %s=", name_of(pairs[i].name, name));
        if (is_word(value)) {
            ens_buf_add(&line, value);
        } else {
            add_quoted(&line, value);
        }
    }
    ens_buf_add_char(&line, '\n');
    write_line(&line);
}

/* ---- hclog's JSON ---- */

static void add_member(struct ens_json *json, const char *name, ens_str value)
{
    ens_json_name(json, name);
    ens_json_text(json, cut(value));
}

static void write_hclog(void *ud, enum ens_log_level level, const char *module, const char *message,
                        const struct ens_pair *pairs, size_t pair_count)
{
    ENS_AUTO_BUF line = ens_buf_new(LINE_MAX_SIZE);
    struct ens_json json = ens_json_new(&line, 0);
    char now[ENS_TIMESTAMP_SIZE];
    char name[NAME_MAX_SIZE];

    (void)ud;
    ens_timestamp_format_us(ens_os_clock.unix_ms(ens_os_clock.ud), now);
    ens_json_begin(&json, '{');
    add_member(&json, "@level", ens_str_of(ens_log_level_name(level)));
    add_member(&json, "@message", ens_str_of(message));
    add_member(&json, "@module", ens_str_of(module));
    add_member(&json, "@timestamp", ens_str_of(now));
    for (size_t i = 0; i < pair_count; i++) {
        if (fits(&line, cut(pairs[i].value))) {
            add_member(&json, name_of(pairs[i].name, name), pairs[i].value);
        }
    }
    ens_json_end(&json, '}');
    ens_buf_add_char(&line, '\n');
    write_line(&line);
}

/* ---- */

static void start(struct ens_log *log, enum ens_log_level fallback)
{
    log->level = fallback;
    (void)ens_log_level_parse(
        ens_str_of(ens_os_environment.get(ens_os_environment.ud, "ENSURE_LOG")), &log->level);
}

void ens_os_log_check(const struct ens_environment *environment, struct ens_diags *diags)
{
    const char *wanted = environment->get(environment->ud, "ENSURE_LOG");
    enum ens_log_level level;

    if (wanted != NULL && !ens_log_level_parse(ens_str_of(wanted), &level)) {
        ens_diags_add(diags, ENS_WARNING, "ENSURE_LOG", NULL,
                      "\"%.32s\" is none of error, warn, info, debug and trace, and is ignored",
                      wanted);
    }
}

void ens_os_log_text(struct ens_log *log, enum ens_log_level fallback)
{
    *log = (struct ens_log){.write = write_text};
    start(log, fallback);
}

void ens_os_log_hclog(struct ens_log *log, enum ens_log_level fallback)
{
    *log = (struct ens_log){.write = write_hclog};
    start(log, fallback);
}
