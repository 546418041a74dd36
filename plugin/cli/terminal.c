/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "cli/text.h"
#include "os/os.h"

#define WIDTH_DEFAULT 80
#define WIDTH_MIN     40 /* below this the terminal may break lines itself */
#define ANSWER_MAX    256

static bool utf8_terminal = true;

static const char *variable(const char *name)
{
    return ens_os_environment.get(ens_os_environment.ud, name);
}

/* Opens standard streams that the caller closed, so that no later file or socket gets their
 * descriptors. Opened read-only: writing fails as it would on the closed stream. */
static void open_standard_streams(void)
{
    int fd = 0;

    do {
        fd = open("/dev/null", O_RDONLY);
    } while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd > STDERR_FILENO) {
        (void)close(fd);
    }
}

void ens_terminal_begin(void)
{
    bool locale_set =
        variable("LC_ALL") != NULL || variable("LC_CTYPE") != NULL || variable("LANG") != NULL;

    open_standard_streams();
    /* Without a locale, as in many containers, UTF-8 is assumed. */
    utf8_terminal = !locale_set ||
                    (setlocale(LC_CTYPE, "") != NULL && strcmp(nl_langinfo(CODESET), "UTF-8") == 0);
    (void)setlocale(LC_CTYPE, "C.UTF-8");
}

bool ens_terminal_is(int fd)
{
    return isatty(fd) == 1;
}

bool ens_terminal_can_redraw(int fd)
{
    const char *term = variable("TERM");

    return ens_terminal_is(fd) && term != NULL && strcmp(term, "dumb") != 0;
}

struct ens_style ens_terminal_style(int fd)
{
    struct winsize size = {0};

    if (!ens_terminal_is(fd)) {
        return (struct ens_style){0};
    }
    bool capable = ens_terminal_can_redraw(fd);
    size_t width = ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
    if (width == 0) {
        width = WIDTH_DEFAULT;
    }
    return (struct ens_style){.colour = capable && variable("NO_COLOR") == NULL,
                              .symbols = capable,
                              .ascii = !utf8_terminal,
                              .width = width < WIDTH_MIN ? WIDTH_MIN : width};
}

ens_rc ens_terminal_write(int fd, ens_str text, struct ens_diags *diags)
{
    while (text.len > 0) {
        ssize_t put = write(fd, text.ptr, text.len);
        if (put < 0 && (errno == EPIPE || errno == EBADF)) {
            return ens_fail(diags, ENS_IO, NULL,
                            "the result can't be written: standard output is closed");
        }
        if (put < 0 && errno != EINTR) {
            return ens_fail(diags, ENS_IO, NULL, "the result can't be written: %s",
                            strerror(errno));
        }
        if (put > 0) {
            text = (ens_str){text.ptr + put, text.len - (size_t)put};
        }
    }
    return ENS_OK;
}

void ens_terminal_note(ens_str text)
{
    ens_rc rc = ens_terminal_write(STDERR_FILENO, text, NULL);

    (void)rc;
}

void ens_terminal_put_diags(struct ens_buf *out, const struct ens_diags *diags)
{
    for (size_t i = 0; i < diags->count; i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        const struct ens_diag *diag = &diags->items[i];
        ens_str line = ens_text_clean(arena, ens_diag_line(arena, diag));
        ens_str detail = ens_text_clean(arena, ens_str_of(diag->detail));

        ens_buf_addf(out, "ensure: %s%.*s", diag->severity == ENS_WARNING ? "warning: " : "",
                     ENS_STR_ARG(line));
        if (detail.len > 0) {
            ens_buf_addf(out, " (%.*s)", ENS_STR_ARG(detail));
        }
        ens_buf_add_char(out, '\n');
    }
    if (diags->dropped > 0) {
        ens_buf_addf(out, "ensure: and %zu more\n", diags->dropped);
    }
}

bool ens_terminal_ask(const char *question, int interrupt_fd)
{
    struct pollfd fds[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                           {.fd = interrupt_fd, .events = POLLIN}};
    char answer[ANSWER_MAX];

    (void)tcflush(STDIN_FILENO, TCIFLUSH); /* discard input typed before the question */
    if (ens_terminal_write(STDERR_FILENO, ens_str_of(question), NULL) != ENS_OK) {
        return false;
    }
    while (poll(fds, ENS_COUNT(fds), -1) < 0) {
        if (errno != EINTR) {
            return false;
        }
    }
    if (fds[1].revents != 0) {
        ens_terminal_note(ENS_STR("\n"));
        return false;
    }
    /* A terminal in canonical mode returns a whole line, and 0 bytes after Ctrl-D. */
    ssize_t size = read(STDIN_FILENO, answer, sizeof(answer));
    if (size <= 0) {
        ens_terminal_note(ENS_STR("\n"));
    }
    ens_str text = ens_str_trim((ens_str){answer, size > 0 ? (size_t)size : 0});
    return ens_str_eq_nocase(text, ENS_STR("yes"));
}
