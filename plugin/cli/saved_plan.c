/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/saved_plan.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/timestamp.h"
#include "core/target_file.h"
#include "os/os.h"

#define MODE_BITS 07777u

static void close_fd(int *fd)
{
    if (*fd >= 0) {
        (void)close(*fd);
        *fd = -1;
    }
}
#define AUTO_FD ENS_CLEANUP(close_fd) int

static ens_rc fail_errno(struct ens_diags *diags, const char *path, const char *what)
{
    return ens_fail(diags, ENS_IO, path, "%s: %s", what, strerror(errno));
}

/* Locks the file; succeeds without a lock on file systems that have none. */
static ens_rc lock(int fd, const char *path, struct ens_diags *diags)
{
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
        return ENS_OK;
    }
    if (errno == EWOULDBLOCK) {
        return ens_fail(diags, ENS_INVALID, path,
                        "this plan is being applied by another process: wait until that has ended");
    }
    ens_diags_add(diags, ENS_WARNING, path, NULL,
                  "the plan can't be locked against a second apply: %s", strerror(errno));
    return ENS_OK;
}

/* Opens and locks the file; again if the path was replaced by another file in the meantime. */
static ens_rc open_locked(const char *path, int *ret_fd, struct stat *ret_stat,
                          struct ens_diags *diags)
{
    for (;;) {
        struct stat named = {0};
        AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        if (fd < 0 || fstat(fd, ret_stat) != 0) {
            return fail_errno(diags, path, "can't open the file");
        }
        ens_rc rc = lock(fd, path, diags);
        if (rc != ENS_OK) {
            return rc;
        }
        if (stat(path, &named) == 0 && named.st_dev == ret_stat->st_dev &&
            named.st_ino == ret_stat->st_ino) {
            *ret_fd = fd;
            fd = -1;
            return ENS_OK;
        }
    }
}

static ens_rc read_again(struct ens_arena *arena, struct ens_saved_plan *saved,
                         struct ens_document *plan, struct ens_diags *diags)
{
    saved->text = ens_buf_new(ENS_DOCUMENT_MAX);
    ens_rc rc = ens_os_read_file(saved->path, &saved->text, diags);
    if (rc == ENS_OK) {
        rc = ens_target_file_read(arena, ens_buf_str(&saved->text), saved->path, plan, diags);
    }
    if (rc == ENS_OK && plan->kind != ENS_DOCUMENT_PLAN) {
        return ens_fail(diags, ENS_INVALID, saved->path, "was a plan and is none any more");
    }
    return rc;
}

ens_rc ens_saved_plan_open(struct ens_arena *arena, const char *path, struct ens_saved_plan *ret,
                           struct ens_document *plan, struct ens_diags *diags)
{
    struct stat stat_now = {0};
    ens_rc rc = ENS_OK;

    *ret = (struct ens_saved_plan){.path = path, .fd = -1};
    if (strcmp(path, "-") != 0 && stat(path, &stat_now) == 0 && S_ISREG(stat_now.st_mode)) {
        rc = open_locked(path, &ret->fd, &stat_now, diags);
        if (rc == ENS_OK) {
            rc = read_again(arena, ret, plan, diags);
        }
        ret->mode = (unsigned)stat_now.st_mode & MODE_BITS;
    }
    if (rc == ENS_OK && plan->applied_at.len > 0) {
        return ens_fail(diags, ENS_INVALID, NULL,
                        "%s was applied at %.*s: a plan is applied once; make a new plan",
                        strcmp(path, "-") == 0 ? "the plan" : path, ENS_STR_ARG(plan->applied_at));
    }
    return rc;
}

static ens_rc mark(const struct ens_saved_plan *saved, struct ens_diags *diags)
{
    ENS_AUTO_BUF text = ens_buf_new(ENS_DOCUMENT_MAX + 1024);
    char now[ENS_TIMESTAMP_SIZE];

    if (saved->fd < 0) {
        return ens_fail(diags, ENS_INVALID, NULL, "it is not in a file");
    }
    ens_timestamp_format(ens_os_clock.unix_ms(ens_os_clock.ud) / 1000, now);
    ens_document_mark_applied(&text, ens_buf_str(&saved->text), ens_str_of(now));
    return ens_os_write_file(saved->path, ens_buf_str(&text), saved->mode, diags);
}

void ens_saved_plan_mark(const struct ens_saved_plan *saved, struct ens_diags *diags)
{
    ENS_AUTO_DIAGS own = {0};

    if (mark(saved, &own) != ENS_OK) {
        ens_diags_add(
            diags, ENS_WARNING, NULL, NULL,
            "the plan can't be marked as applied, so nothing refuses to apply it again: %s",
            own.count > 0 ? own.items[0].summary : "no reason is known");
    }
}

void ens_saved_plan_close(struct ens_saved_plan *saved)
{
    if (saved->path != NULL) {
        close_fd(&saved->fd);
    }
    ens_buf_done(&saved->text);
}
