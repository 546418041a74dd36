/* SPDX-License-Identifier: Apache-2.0 */
#include "core/shard.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "core/quote.h"

/* ---- which shard ----------------------------------------------------------------------------- */

static bool parse(ens_str text, struct ens_shard *ret)
{
    ens_str total = {0};
    const ens_str part = ens_str_cut(text, '/', &total);
    int64_t index = 0;
    int64_t count = 0;

    if (!ens_str_to_i64(part, &index) || !ens_str_to_i64(total, &count) || count < 1 ||
        count > ENS_SHARDS_MAX || index >= count) {
        return false;
    }
    *ret = (struct ens_shard){(size_t)index, (size_t)count};
    return true;
}

ens_rc ens_shard_parse(ens_str text, struct ens_shard *ret, struct ens_diags *diags)
{
    return parse(text, ret)
               ? ENS_OK
               : ens_fail(diags, ENS_INVALID, NULL,
                          "--shard: \"%s\" is not a shard: expected I/N with N from 1 to %d and I "
                          "from 0 to N-1, or auto",
                          ens_quoted(text).text, ENS_SHARDS_MAX);
}

/* The variables of a kind of array. */
struct array {
    const char *index;
    const char *first; /* the lowest index; NULL: 0 */
    const char *last;  /* the highest index, which is checked where it is set; NULL: none */
    const char *count;
};

static const struct array arrays[] = {
    {"JOB_COMPLETION_INDEX", NULL, NULL, "ENSURE_SHARDS"},
    {"SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_MAX",
     "SLURM_ARRAY_TASK_COUNT"},
};

struct reader {
    const struct ens_environment *environment;
    struct ens_diags *diags;
};

/* Reads a number; a variable without a name is 0. */
static ens_rc read_number(const struct reader *reader, const char *name, int64_t *ret)
{
    const char *text = name == NULL ? "0" : reader->environment->get(reader->environment->ud, name);

    if (text == NULL) {
        return ens_fail(reader->diags, ENS_INVALID, NULL, "--shard auto: %s is not set", name);
    }
    return ens_str_to_i64(ens_str_of(text), ret)
               ? ENS_OK
               : ens_fail(reader->diags, ENS_INVALID, NULL,
                          "--shard auto: %s is \"%s\": expected a number", name,
                          ens_quoted(ens_str_of(text)).text);
}

/* An array with gaps or steps has indexes that no member would take. */
static ens_rc check_gaps(const struct reader *reader, const struct array *array, int64_t first,
                         int64_t count)
{
    int64_t last = first + count - 1;

    if (array->last != NULL &&
        reader->environment->get(reader->environment->ud, array->last) != NULL) {
        ens_rc rc = read_number(reader, array->last, &last);
        if (rc != ENS_OK) {
            return rc;
        }
    }
    return last - first + 1 == count
               ? ENS_OK
               : ens_fail(reader->diags, ENS_INVALID, NULL,
                          "--shard auto: %s is %lld, from %lld to %lld: expected an array without "
                          "gaps and steps",
                          array->count, (long long)count, (long long)first, (long long)last);
}

static ens_rc read_array(const struct reader *reader, const struct array *array,
                         struct ens_shard *ret)
{
    int64_t index = 0;
    int64_t first = 0;
    int64_t count = 0;

    ens_rc rc = read_number(reader, array->index, &index);
    if (rc == ENS_OK) {
        rc = read_number(reader, array->first, &first);
    }
    if (rc == ENS_OK) {
        rc = read_number(reader, array->count, &count);
    }
    if (rc == ENS_OK && (count < 1 || count > ENS_SHARDS_MAX)) {
        rc =
            ens_fail(reader->diags, ENS_INVALID, NULL, "--shard auto: %s is %lld: expected 1 to %d",
                     array->count, (long long)count, ENS_SHARDS_MAX);
    }
    if (rc == ENS_OK) {
        rc = check_gaps(reader, array, first, count);
    }
    if (rc == ENS_OK && (index < first || index - first >= count)) {
        rc = ens_fail(reader->diags, ENS_INVALID, NULL,
                      "--shard auto: %s is %lld: expected %lld to %lld, since %s is %lld",
                      array->index, (long long)index, (long long)first,
                      (long long)(first + count - 1), array->count, (long long)count);
    }
    if (rc == ENS_OK) {
        *ret = (struct ens_shard){(size_t)(index - first), (size_t)count};
    }
    return rc;
}

ens_rc ens_shard_auto(const struct ens_environment *environment, struct ens_shard *ret,
                      struct ens_diags *diags)
{
    const struct reader reader = {.environment = environment, .diags = diags};

    for (size_t i = 0; i < ENS_COUNT(arrays); i++) {
        if (environment->get(environment->ud, arrays[i].index) != NULL) {
            return read_array(&reader, &arrays[i], ret);
        }
    }
    return ens_fail(diags, ENS_INVALID, NULL,
                    "--shard auto: neither %s nor %s is set: expected an indexed Job of Kubernetes "
                    "or a job array of Slurm",
                    arrays[0].index, arrays[1].index);
}

/* ---- the division ---------------------------------------------------------------------------- */

static bool is_same_route(const struct ens_target *a, const struct ens_target *b)
{
    return ens_str_eq(a->cloud, b->cloud) && ens_str_eq(a->region, b->region);
}

static int compare(const void *a, const void *b)
{
    const struct ens_target *one = *(const struct ens_target *const *)a;
    const struct ens_target *other = *(const struct ens_target *const *)b;
    int order = ens_str_cmp(one->cloud, other->cloud);

    order = order != 0 ? order : ens_str_cmp(one->region, other->region);
    return order != 0 ? order : ens_str_cmp(one->id, other->id);
}

/* Sets chosen of the targets in the shard. */
static void choose(const struct ens_shard *shard, const struct ens_target *targets,
                   const struct ens_target *const *sorted, size_t count, bool *chosen)
{
    size_t batch = 0;
    size_t size = 0; /* of the batch so far */

    for (size_t i = 0; i < count; i++) {
        if (i > 0 && (size == ENS_SHARD_BATCH || !is_same_route(sorted[i - 1], sorted[i]))) {
            batch++;
            size = 0;
        }
        size++;
        chosen[sorted[i] - targets] = batch % shard->count == shard->index;
    }
}

size_t ens_shard_take(const struct ens_shard *shard, const struct ens_target *targets, size_t count,
                      struct ens_target *ret)
{
    const struct ens_target **sorted = ens_alloc_array(count, sizeof(const struct ens_target *));
    bool *chosen = ens_alloc_array(count, sizeof(*chosen));
    size_t taken = 0;

    for (size_t i = 0; i < count; i++) {
        sorted[i] = &targets[i];
    }
    qsort(sorted, count, sizeof(const struct ens_target *), compare);
    choose(shard, targets, sorted, count, chosen);
    for (size_t i = 0; i < count; i++) {
        if (chosen[i]) {
            ret[taken++] = targets[i];
        }
    }
    ens_free(sorted);
    ens_free(chosen);
    return taken;
}
