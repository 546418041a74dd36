#include "run/os.h"

#include <errno.h>
#include <pthread.h>
#include <unistd.h>

#include "base/timestamp.h"
#include "run/json_line.h"

/* go-plugin hosts split longer lines and lose their level. */
#define LINE_MAX_SIZE ((size_t)64 * 1024)

/* A pipe takes only a few KiB in one piece: lines of two threads must not mix. */
static pthread_mutex_t write_lock = PTHREAD_MUTEX_INITIALIZER;

static void write_line(const struct ens_buf *line)
{
    ens_str left = ens_buf_str(line);

    (void)pthread_mutex_lock(&write_lock);
    while (left.len > 0) {
        ssize_t put = write(STDERR_FILENO, left.ptr, left.len);
        if (put < 0 && errno != EINTR) {
            break; /* nobody can be told */
        }
        if (put > 0) {
            left = (ens_str){left.ptr + put, left.len - (size_t)put};
        }
    }
    (void)pthread_mutex_unlock(&write_lock);
}

/* ---- text for people ---- */

/* Words stand as they are, anything else in quotes, so that a value can't pretend to be a pair. */
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

static void add_text(struct ens_buf *line, ens_str value)
{
    ENS_AUTO_BUF quoted = ens_buf_new(LINE_MAX_SIZE);

    ens_json_quote(&quoted, value);
    ens_str text = ens_buf_str(&quoted);
    if (is_word(value)) {
        text = (ens_str){text.ptr + 1, text.len - 2};
    }
    if (line->max - line->len > text.len) { /* the line feed has to fit too */
        (void)ens_buf_add(line, text);
    }
}

static void write_text(void *ud, enum ens_log_level level, const char *module, const char *message,
                       const struct ens_pair *pairs, size_t pair_count)
{
    ENS_AUTO_BUF line = ens_buf_new(LINE_MAX_SIZE);
    ENS_AUTO_BUF quoted = ens_buf_new(LINE_MAX_SIZE);

    (void)ud;
    ens_json_quote(&quoted, ens_str_of(message));
    (void)ens_buf_addf(&line, "%s %s: %.*s", ens_log_level_name(level), module,
                       (int)(quoted.len - 2), quoted.ptr + 1);
    for (size_t i = 0; i < pair_count; i++) {
        ENS_AUTO_BUF pair = ens_buf_new(LINE_MAX_SIZE);
        (void)ens_buf_addf(&pair, " %.*s=", ENS_STR_ARG(pairs[i].name));
        add_text(&pair, pairs[i].value);
        if (!ens_buf_failed(&pair) && line.max - line.len > pair.len) {
            (void)ens_buf_add(&line, ens_buf_str(&pair));
        }
    }
    (void)ens_buf_add_char(&line, '\n');
    write_line(&line);
}

/* ---- hclog's JSON ---- */

static void write_hclog(void *ud, enum ens_log_level level, const char *module, const char *message,
                        const struct ens_pair *pairs, size_t pair_count)
{
    ENS_AUTO_BUF line = ens_buf_new(LINE_MAX_SIZE);
    char now[ENS_TIMESTAMP_SIZE];

    (void)ud;
    ens_timestamp_format_us(ens_os_clock.unix_ms(ens_os_clock.ud), now);
    ens_json_begin(&line);
    ens_json_text(&line, ENS_STR("@level"), ens_str_of(ens_log_level_name(level)));
    ens_json_text(&line, ENS_STR("@message"), ens_str_of(message));
    ens_json_text(&line, ENS_STR("@module"), ens_str_of(module));
    ens_json_text(&line, ENS_STR("@timestamp"), ens_str_of(now));
    for (size_t i = 0; i < pair_count; i++) {
        ENS_AUTO_BUF name = ens_buf_new(ENS_JSON_TEXT_MAX);
        /* Terraform panics when one of its own keys is not what it expects. */
        if (ens_str_starts(pairs[i].name, ENS_STR("@"))) {
            (void)ens_buf_add_char(&name, '_');
        }
        (void)ens_buf_add(&name, pairs[i].name);
        ens_json_text(&line, ens_buf_str(&name), pairs[i].value);
    }
    ens_json_end(&line);
    write_line(&line);
}

/* ---- */

static void start(struct ens_log *log, enum ens_log_level fallback)
{
    const char *wanted = ens_os_environment.get(ens_os_environment.ud, "ENSURE_LOG");

    log->level = fallback;
    if (wanted != NULL && !ens_log_level_parse(ens_str_of(wanted), &log->level)) {
        ens_log(log, ENS_LOG_WARN, "log",
                "ENSURE_LOG is none of error, warn, info, debug and trace: %s is used",
                ens_log_level_name(fallback));
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
