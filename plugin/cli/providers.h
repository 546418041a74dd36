/* What ensure providers prints. */
#ifndef ENSURE_CLI_PROVIDERS_H
#define ENSURE_CLI_PROVIDERS_H

#include "base/buf.h"
#include "ensure/v1/ensure.pb-c.h"

void ens_providers_table(struct ens_buf *out,
                         const Ensure__V1__GetCapabilitiesResponse *capabilities);
void ens_providers_json(struct ens_buf *out,
                        const Ensure__V1__GetCapabilitiesResponse *capabilities);

#endif
