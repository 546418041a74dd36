/*
 * A cloud that is none: a descriptor that keeps every rule. Its profile files hold lines
 * "name access_key secret_key [token]"; a line "error TEXT" makes the reader fail.
 */
#ifndef ENSURE_TESTS_FAKE_PROVIDER_H
#define ENSURE_TESTS_FAKE_PROVIDER_H

#include "ensure/provider.h"

/* A copy to be bent out of shape. */
struct ens_provider fake_provider(void);

#endif
