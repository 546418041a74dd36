/* SPDX-License-Identifier: Apache-2.0 */
/* Says on stdout what the registry of this object holds: "provider NAME FILE", and one line
 * "warning|error WHERE: SUMMARY" for each diagnostic. */
#ifndef ENSURE_TESTS_LISTER_H
#define ENSURE_TESTS_LISTER_H

int list_providers(void);
typedef int list_providers_fn(void);

#endif
