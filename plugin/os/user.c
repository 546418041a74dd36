/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "os/os.h"

#define PASSWD_MAX ((size_t)16 * 1024 * 1024)

/* Parses a line of /etc/passwd, "name:x:1000:..."; returns the name. */
static ens_str parse_line(ens_str line, ens_str *ret_uid)
{
    ens_str rest = {0};
    const ens_str name = ens_str_cut(line, ':', &rest);

    (void)ens_str_cut(rest, ':', &rest);
    *ret_uid = ens_str_cut(rest, ':', &rest);
    return name;
}

ens_str ens_os_user(struct ens_arena *arena)
{
    const ens_str own = ens_arena_printf(arena, "%lu", (unsigned long)geteuid());
    ENS_AUTO_BUF text = ens_buf_new(PASSWD_MAX);
    const ens_rc rc = ens_os_read_file("/etc/passwd", &text, NULL);
    ens_str rest = rc == ENS_OK ? ens_buf_str(&text) : ENS_STR("");

    while (rest.len > 0) {
        ens_str uid = {0};
        const ens_str name = parse_line(ens_str_cut(rest, '\n', &rest), &uid);
        if (name.len > 0 && ens_str_eq(uid, own)) {
            return ens_arena_dup(arena, name);
        }
    }
    return ens_arena_printf(arena, "uid %.*s", ENS_STR_ARG(own));
}
