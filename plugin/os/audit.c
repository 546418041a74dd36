/* SPDX-License-Identifier: Apache-2.0 */
#include "os/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "os/os_error.h"

struct ens_audit {
    struct ens_audit_writer writer;
    char *path;
    int fd;    /* -1: not open */
    bool torn; /* the last line is incomplete, so the next write begins with a line end */
};

static ens_rc open_file(struct ens_audit *audit, struct ens_diags *diags)
{
    char text[ENS_OS_ERROR_SIZE];
    struct stat stat = {0};
    int fd =
        open(audit->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);

    if (fd < 0) {
        return ens_fail(diags, ENS_IO, audit->path, "can't open the audit log: %s",
                        ens_os_error(errno, text));
    }
    if (fstat(fd, &stat) != 0 || !S_ISREG(stat.st_mode)) {
        (void)close(fd);
        return ens_fail(diags, ENS_IO, audit->path, "the audit log is not a regular file");
    }
    audit->fd = fd;
    return ENS_OK;
}

static ens_rc write_line(void *ud, ens_str line, struct ens_diags *diags)
{
    struct ens_audit *audit = ud;
    ENS_AUTO_BUF out = ens_buf_new(line.len + 1);
    char text[ENS_OS_ERROR_SIZE];
    ssize_t put = -1;

    if (audit->fd < 0 && open_file(audit, diags) != ENS_OK) {
        return ENS_IO;
    }
    if (audit->torn) {
        ens_buf_add_char(&out, '\n');
    }
    ens_buf_add(&out, line);
    do { /* one write per line, which O_APPEND makes atomic among processes */
        put = write(audit->fd, out.ptr, out.len);
    } while (put < 0 && errno == EINTR);
    if (put < 0) {
        return ens_fail(diags, ENS_IO, audit->path, "can't write to the audit log: %s",
                        ens_os_error(errno, text));
    }
    if (put > 0) {
        audit->torn = (size_t)put != out.len;
    }
    if ((size_t)put != out.len) {
        return ens_fail(diags, ENS_IO, audit->path,
                        "can't write to the audit log: %s, %zu of %zu bytes were written",
                        ens_os_error(ENOSPC, text), (size_t)put, out.len);
    }
    return ENS_OK;
}

struct ens_audit *ens_audit_new(const char *path)
{
    struct ens_audit *audit = ens_alloc(sizeof(*audit));

    audit->writer = (struct ens_audit_writer){.write = write_line, .ud = audit};
    audit->path = ens_strdup(path);
    audit->fd = -1;
    return audit;
}

void ens_audit_free(struct ens_audit *audit)
{
    if (audit == NULL) {
        return;
    }
    if (audit->fd >= 0) {
        (void)close(audit->fd);
    }
    ens_free(audit->path);
    ens_free(audit);
}

const struct ens_audit_writer *ens_audit_writer(const struct ens_audit *audit)
{
    return &audit->writer;
}
