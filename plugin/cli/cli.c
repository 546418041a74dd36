/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

#include <unistd.h>

#include "cli/completion.h"
#include "cli/help.h"
#include "cli/interrupt.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "core/quote.h"
#include "os/process.h"
#include "rpc/client.h"

#define HELP_MAX ((size_t)1024 * 1024)

static enum ens_exit_code write_out(int fd, const struct ens_buf *out, struct ens_diags *diags)
{
    return ens_terminal_write(fd, ens_buf_str(out), diags) == ENS_OK ? ENS_EXIT_OK : ENS_EXIT_USAGE;
}

/* "ensure help VERB" and "ensure VERB --help" are the same; so are "ensure help" and "--help". */
static enum ens_exit_code help(const struct ens_options *options, struct ens_diags *diags)
{
    ENS_AUTO_BUF out = ens_buf_new(HELP_MAX);
    const char *named = options->argument_count > 0 ? options->arguments[0].text : NULL;

    if (options->verb != ENS_VERB_HELP) {
        named = ens_verbs[options->verb].name;
    }
    for (unsigned verb = 0; named != NULL && verb < ENS_VERB_COUNT; verb++) {
        if (ens_str_is(ens_str_of(named), ens_verbs[verb].name)) {
            ens_help_verb(&out, (enum ens_verb)verb);
        }
    }
    if (named == NULL) {
        ens_help_write(&out, options->format);
    } else if (out.len == 0) {
        ens_diags_add(diags, ENS_ERROR, NULL, NULL, "there is no verb \"%s\"",
                      ens_quoted(ens_str_of(named)).text);
        return ENS_EXIT_USAGE;
    }
    enum ens_exit_code code =
        write_out(options->nothing ? STDERR_FILENO : STDOUT_FILENO, &out, diags);
    return options->nothing ? ENS_EXIT_USAGE : code;
}

struct linked {
    const struct ens_linked_library *libraries;
    size_t count;
};

static void version_json(struct ens_buf *out, const struct linked *linked)
{
    ens_buf_add(out, ENS_STR("{\"version\": \"" ENS_VERSION "\", \"linked\": {"));
    for (size_t i = 0; i < linked->count; i++) {
        ens_buf_addf(out, "%s\"%s\": \"%s\"", i == 0 ? "" : ", ", linked->libraries[i].name,
                     linked->libraries[i].version);
    }
    ens_buf_add(out, ENS_STR("}}\n"));
}

static enum ens_exit_code version(const struct ens_options *options, const struct linked *linked,
                                  struct ens_diags *diags)
{
    ENS_AUTO_BUF out = ens_buf_new(HELP_MAX);

    if (options->format == ENS_FORMAT_JSON) {
        version_json(&out, linked);
    } else {
        ens_buf_add(&out, ENS_STR("ensure " ENS_VERSION "\n"));
    }
    return write_out(STDOUT_FILENO, &out, diags);
}

static enum ens_exit_code completion(const struct ens_options *options, struct ens_diags *diags)
{
    ENS_AUTO_BUF out = ens_buf_new(HELP_MAX);

    ens_completion_write(&out, options->arguments[0].text);
    return write_out(STDOUT_FILENO, &out, diags);
}

static enum ens_exit_code run(struct ens_arena *arena, const struct ens_options *options,
                              const struct linked *linked, struct ens_diags *diags)
{
    if (options->version) {
        return version(options, linked, diags);
    }
    if (options->help || options->verb == ENS_VERB_HELP) {
        return help(options, diags);
    }
    switch (options->verb) {
    case ENS_VERB_PLAN:
        return ens_verb_plan(arena, options, diags);
    case ENS_VERB_APPLY:
        return ens_verb_apply(arena, options, diags);
    case ENS_VERB_STATUS:
        return ens_verb_status(arena, options, diags);
    case ENS_VERB_DOCTOR:
        return ens_verb_doctor(arena, options, diags);
    case ENS_VERB_SHOW:
        return ens_verb_show(arena, options, diags);
    case ENS_VERB_COMPLETION:
        return completion(options, diags);
    case ENS_VERB_PROVIDERS:
        return ens_verb_providers(arena, options, diags);
    case ENS_VERB_VERSION:
    case ENS_VERB_HELP:
        break;
    }
    return version(options, linked, diags);
}

int ens_cli(int argc, char **argv, const struct ens_linked_library *libraries, size_t count)
{
    const struct linked linked = {libraries, count};
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_DIAGS diags = {0};
    struct ens_options options = {0};
    enum ens_exit_code code = ENS_EXIT_USAGE;

    ens_os_process_begin();
    ens_terminal_begin();
    if (ens_interrupt_begin(&diags) != ENS_OK) {
        code = ENS_EXIT_USAGE;
    } else if (ens_options_parse(arena, argc, argv, &options, &diags) == ENS_OK) {
        code = run(arena, &options, &linked, &diags);
    }
    ens_terminal_print_diags(&diags);
    ens_rpc_client_end((int)code);
    return (int)code;
}
