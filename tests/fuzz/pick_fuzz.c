/* SPDX-License-Identifier: Apache-2.0 */
/* What is picked from a JSON text: the input is a reply in the format of support/reply_text.h, or
 * the text alone. */
#include <stdio.h>

#include "fuzz.h"

#include "support/exact_memory.h"
#include "support/pick.h"
#include "support/reply_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const ens_str text = {(const char *)data, size};
    struct reply_text reply;
    struct exact_memory exact;

    exact_memory_init(&exact);
    reply_text_read(&reply, text);
    const ens_str bodies[] = {text, reply.reply.body};
    static const char *const names[] = {
        "", "a id Instances Instance Result InstanceId Status OperationLocks? LockReason"};
    for (size_t i = 0; i < 4; i++) {
        const char *fault = test_pick_fault(&exact.memory, bodies[i / 2], names[i % 2]);
        if (fault != NULL) {
            fprintf(stderr, "%s\n", fault);
            abort();
        }
    }
    exact_memory_done(&exact);
    return 0;
}
