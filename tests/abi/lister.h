/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the providers that this object finds, as lines "provider NAME FILE", and its diagnostics,
 * as lines "warning|error WHERE: SUMMARY". */
#ifndef ENSURE_TESTS_LISTER_H
#define ENSURE_TESTS_LISTER_H

int list_providers(void);
typedef int list_providers_fn(void);

#endif
