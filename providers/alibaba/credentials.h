/* SPDX-License-Identifier: Apache-2.0 */
/* Where keys of Alibaba Cloud come from: OIDC, metadata, credentials URI, roles. Variables and
 * their order are those of the vendor's Terraform provider and SDKs. */
#ifndef ENSURE_ALIBABA_CREDENTIALS_H
#define ENSURE_ALIBABA_CREDENTIALS_H

#include "ensure/provider.h"

extern const struct ens_source *const alibaba_sources[];

void alibaba_credentials_step(const struct ens_memory *memory,
                              const struct ens_credentials_input *input,
                              struct ens_credentials_step *ret);

/* Whom keys belong to: GetCallerIdentity. */
void alibaba_caller_request(const struct ens_memory *memory, const struct ens_identity *identity,
                            ens_str endpoint, struct ens_credentials_request *ret);
void alibaba_read_caller(const struct ens_memory *memory, const struct ens_http_reply *reply,
                         struct ens_caller *ret);

#endif
