/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_APIS_H
#define EMU_APIS_H

/* The services, and what those of one cloud have in common. */

#include "api.h"

extern const struct emu_api emu_volcengine_api, emu_alibaba_api, emu_baidu_api;
extern const struct emu_api emu_volcengine_sts, emu_alibaba_sts, emu_baidu_sts;
extern const struct emu_api emu_metadata, emu_keys_uri, emu_github;

static inline const struct emu_api *emu_api_of(const struct emu_request *request)
{
    static const struct emu_api *const apis[EMU_SERVICES][EMU_CLOUDS] = {
        [EMU_API] = {&emu_volcengine_api, &emu_alibaba_api, &emu_baidu_api},
        [EMU_STS] = {&emu_volcengine_sts, &emu_alibaba_sts, &emu_baidu_sts},
        [EMU_METADATA] = {&emu_metadata, &emu_metadata, &emu_metadata},
        [EMU_KEYS_URI] = {[EMU_ALIBABA] = &emu_keys_uri},
        [EMU_GITHUB_OIDC] = {&emu_github},
    };
    return apis[request->service][request->cloud];
}

/* The vendor's error reply, and its form of a success; they take ownership of `result`. */
void emu_volcengine_refuse(const struct emu_request *request, const struct emu_call *call,
                           const struct emu_refusal *refusal, struct emu_reply *reply);
void emu_volcengine_succeed(const struct emu_context *context, struct emu_reply *reply,
                            json_t *result);
void emu_alibaba_refuse(const struct emu_request *request, const struct emu_call *call,
                        const struct emu_refusal *refusal, struct emu_reply *reply);
void emu_alibaba_succeed(struct emu_reply *reply, json_t *result);
/* Reads action and version of a request of Alibaba Cloud into a call, with the parameters of query
 * and form; false when the call has a problem. */
bool emu_alibaba_read_action(const struct emu_request *request, const char *version,
                             struct emu_fields *params, struct emu_call *call);
void emu_baidu_refuse(const struct emu_request *request, const struct emu_call *call,
                      const struct emu_refusal *refusal, struct emu_reply *reply);

#endif
