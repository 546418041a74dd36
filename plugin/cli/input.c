/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/input.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "core/quote.h"
#include "core/target_file.h"
#include "os/os.h"

#define CHUNK_SIZE ((size_t)64 * 1024)

struct input {
    struct ens_arena *arena;
    const struct ens_options *options;
    struct ens_target_list targets;
    struct ens_policy policy; /* of the fleets */
    struct ens_selector *select;
    size_t select_count;
    const char *select_path;  /* the last file with selectors; NULL: there is none */
    struct ens_document plan; /* a saved plan */
    const char *plan_path;    /* NULL: no saved plan was given */
    struct ens_diags *diags;
};

static ens_rc read_stream(int fd, const char *name, struct ens_buf *out, struct ens_diags *diags)
{
    char chunk[CHUNK_SIZE];

    for (;;) {
        ssize_t got = read(fd, chunk, sizeof(chunk));
        if (got == 0) {
            return ENS_OK;
        }
        if (got < 0 && errno != EINTR) {
            return ens_fail(diags, ENS_IO, name, "can't be read: %s", strerror(errno));
        }
        ens_buf_add(out, (ens_str){chunk, got > 0 ? (size_t)got : 0});
        if (ens_buf_failed(out)) {
            return ens_fail(diags, ENS_LIMIT, name, "larger than %zu bytes", out->max);
        }
    }
}

/* Reads a named pipe, such as that of the shell's "<(command)". */
static ens_rc read_pipe(const char *path, struct ens_buf *out, struct ens_diags *diags)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

    if (fd < 0) {
        return ens_fail(diags, ENS_IO, path, "can't be opened: %s", strerror(errno));
    }
    ens_rc rc = read_stream(fd, path, out, diags);
    (void)close(fd);
    return rc;
}

static bool is_stdin(const char *path)
{
    return strcmp(path, "-") == 0;
}

const char *ens_input_name(const char *path)
{
    return is_stdin(path) ? "standard input" : path;
}

ens_rc ens_input_text(const char *path, struct ens_buf *out, struct ens_diags *diags)
{
    struct stat stat_now = {0};

    if (is_stdin(path)) {
        return read_stream(STDIN_FILENO, "standard input", out, diags);
    }
    if (stat(path, &stat_now) == 0 && S_ISFIFO(stat_now.st_mode)) {
        return read_pipe(path, out, diags);
    }
    return ens_os_read_file(path, out, diags);
}

static ens_rc add_target(struct input *input, const struct ens_target *target)
{
    return ens_target_list_add(&input->targets, target, NULL, input->diags);
}

static ens_rc read_document(struct ens_arena *arena, const char *path, struct ens_document *ret,
                            struct ens_diags *diags)
{
    ENS_AUTO_BUF text = ens_buf_new(ENS_DOCUMENT_MAX);

    ens_rc rc = ens_input_text(path, &text, diags);
    if (rc == ENS_OK && is_stdin(path) && ens_str_trim(ens_buf_str(&text)).len == 0) {
        return ens_fail(diags, ENS_MALFORMED, ens_input_name(path),
                        "empty: expected targets, one a line, or a document; what writes it has "
                        "failed, or found nothing, which only a fleet with \"select\" may");
    }
    return rc == ENS_OK
               ? ens_target_file_read(arena, ens_buf_str(&text), ens_input_name(path), ret, diags)
               : rc;
}

ens_rc ens_input_check_document(ens_str text, const char *name, const char *expected,
                                struct ens_diags *diags)
{
    const ens_str body = ens_str_trim(ens_utf8_skip_mark(text));

    if (body.len > 0 && (body.ptr[0] == '{' || body.ptr[0] == '[' || ens_utf8_is_utf16(text))) {
        return ENS_OK; /* what is wrong with it is told by its reader */
    }
    return ens_fail(diags, ENS_MALFORMED, name, "%s: expected %s",
                    body.len == 0 ? "empty" : "not a document", expected);
}

static ens_rc add_selectors(struct input *input, const char *path, const struct ens_document *fleet)
{
    for (size_t i = 0; i < fleet->select_count; i++) {
        if (input->select_count == ENS_SELECTORS_MAX) {
            return ens_fail(input->diags, ENS_LIMIT, ens_input_name(path),
                            "more than %d selectors: expected at most that many in one run",
                            ENS_SELECTORS_MAX);
        }
        input->select = ens_arena_grow(input->arena, input->select, input->select_count,
                                       sizeof(*input->select));
        input->select[input->select_count++] = fleet->select[i];
        input->select_path = path;
    }
    return ENS_OK;
}

/* Documents that name targets but are not plans (results, status) are refused by apply. */
static ens_rc refuse_to_apply(const struct input *input, const char *path,
                              enum ens_document_kind kind)
{
    return ens_fail(input->diags, ENS_INVALID, NULL,
                    "%s is %s document, which can't be applied: expected a plan or a fleet",
                    ens_input_name(path), kind == ENS_DOCUMENT_STATUS ? "a status" : "an apply");
}

/* The targets of a fleet are taken over as they are if they are the first. */
static ens_rc add_targets(struct input *input, const struct ens_document *document)
{
    const bool fleet = document->kind == ENS_DOCUMENT_FLEET;
    ens_rc rc = ENS_OK;

    if (fleet && input->targets.count == 0 && document->count > 0) {
        input->targets = document->targets;
        return ENS_OK;
    }
    for (size_t i = 0; rc == ENS_OK && i < document->count; i++) {
        const struct ens_target target = fleet ? ens_target_list_at(&document->targets, i)
                                               : ens_document_result(document, i).target;
        rc = add_target(input, &target);
    }
    return rc;
}

static ens_rc add_file(struct input *input, const char *path)
{
    struct ens_document document = {0};
    ens_rc rc = read_document(input->arena, path, &document, input->diags);

    if (rc == ENS_OK && input->options->verb == ENS_VERB_APPLY) {
        if (document.kind == ENS_DOCUMENT_PLAN) {
            input->plan = document;
            input->plan_path = path;
            return ENS_OK;
        }
        if (document.kind != ENS_DOCUMENT_FLEET) {
            return refuse_to_apply(input, path, document.kind);
        }
    }
    if (rc == ENS_OK) {
        rc = add_targets(input, &document);
    }
    if (document.kind == ENS_DOCUMENT_FLEET) {
        ens_policy_add_all(input->arena, &input->policy, &document.policy);
    }
    return rc == ENS_OK ? add_selectors(input, path, &document) : rc;
}

static bool exists(const char *path)
{
    struct stat stat_now = {0};

    return is_stdin(path) || stat(path, &stat_now) == 0;
}

static ens_rc add_argument(struct input *input, const struct ens_argument *argument)
{
    ens_str text = ens_str_of(argument->text);
    struct ens_target target = {0};

    if (argument->file || exists(argument->text)) {
        return add_file(input, argument->text);
    }
    if (!ens_str_matches(text, ENS_STR("*/*/*"))) {
        return ens_fail(input->diags, ENS_INVALID, NULL,
                        "\"%s\" is neither a file nor a target (cloud/region/instance-id)",
                        ens_quoted(text).text);
    }
    ens_rc rc = ens_target_parse(text, NULL, &target, input->diags);
    return rc == ENS_OK ? add_target(input, &target) : rc;
}

/* Those of the targets that are in the shard. */
static struct ens_target_list shard_of(const struct input *input, const struct ens_shard *shard)
{
    const size_t count = input->targets.count;
    struct ens_target *all = ens_alloc_array(count, sizeof(*all));
    struct ens_target *taken = ens_alloc_array(count, sizeof(*taken));
    struct ens_target_list targets = {.arena = input->arena};

    for (size_t i = 0; i < count; i++) {
        all[i] = ens_target_list_at(&input->targets, i);
    }
    const size_t taken_count = ens_shard_take(shard, all, count, taken);
    for (size_t i = 0; i < taken_count; i++) {
        ens_rc rc = ens_target_list_add(&targets, &taken[i], NULL, NULL);
        ENS_ASSERT(rc == ENS_OK); /* no more than were in the list */
    }
    ens_free(all);
    ens_free(taken);
    return targets;
}

static struct ens_document fleet_of(const struct input *input, const struct ens_shard *shard)
{
    struct ens_document fleet = {
        .kind = ENS_DOCUMENT_FLEET,
        .shard = *shard,
        .targets = shard->count > 0 ? shard_of(input, shard) : input->targets,
        .select = input->select,
        .select_count = input->select_count,
        .policy = input->policy,
    };

    fleet.count = fleet.targets.count;
    return fleet;
}

static ens_rc find_shard(const struct input *input, struct ens_shard *ret)
{
    const struct ens_options *options = input->options;

    *ret = options->shard;
    if (input->plan_path != NULL && (options->shard_auto || ret->count > 0)) {
        return ens_fail(input->diags, ENS_INVALID, NULL,
                        "a saved plan is applied whole: give --shard to ensure plan, and apply "
                        "what each has saved");
    }
    if (input->select_count > 0 && (options->shard_auto || ret->count > 0)) {
        return ens_fail(input->diags, ENS_INVALID, ens_input_name(input->select_path),
                        "--shard divides a list that all members have, and its selectors may find "
                        "something else for each: save what they find once (ensure status -o "
                        "targets), and give --shard with that");
    }
    return options->shard_auto ? ens_shard_auto(&ens_os_environment, ret, input->diags) : ENS_OK;
}

ens_rc ens_input_read(struct ens_arena *arena, const struct ens_options *options,
                      struct ens_document *ret, const char **ret_plan, struct ens_diags *diags)
{
    struct input input = {
        .arena = arena, .options = options, .targets = {.arena = arena}, .diags = diags};
    struct ens_shard shard = {0};
    ens_rc first = ENS_OK;

    for (size_t i = 0; i < options->argument_count; i++) {
        ens_rc rc = add_argument(&input, &options->arguments[i]);
        first = first == ENS_OK ? rc : first;
    }
    if (first == ENS_OK && input.plan_path != NULL && options->argument_count > 1) {
        first = ens_fail(diags, ENS_INVALID, NULL,
                         "a saved plan is applied alone, without further targets or files");
    }
    if (first == ENS_OK) {
        first = find_shard(&input, &shard);
    }
    if (first == ENS_OK) {
        *ret_plan = input.plan_path;
        *ret = input.plan_path != NULL ? input.plan : fleet_of(&input, &shard);
    }
    return first;
}
