/* SPDX-License-Identifier: Apache-2.0 */
/* Constants of ensure.v1 for client and server: go-plugin's cookie and version, and the names of
 * the methods (see ensure.proto). */
#ifndef ENSURE_ENSURE_V1_PROTOCOL_H
#define ENSURE_ENSURE_V1_PROTOCOL_H

#define ENS_V1_COOKIE_KEY       "ENSURE_PLUGIN_MAGIC_COOKIE"
#define ENS_V1_COOKIE_VALUE     "2b7f0c3e5a914d68b1c4e9d07a36f8521fd0c6a9b8e3457d"
#define ENS_V1_APP_VERSION      1

#define ENS_V1_GET_CAPABILITIES "/ensure.v1.Ensure/GetCapabilities"
#define ENS_V1_CONFIGURE        "/ensure.v1.Ensure/Configure"
#define ENS_V1_PLAN             "/ensure.v1.Ensure/Plan"
#define ENS_V1_APPLY            "/ensure.v1.Ensure/Apply"
#define ENS_V1_DIAGNOSE         "/ensure.v1.Ensure/Diagnose"
#define ENS_V1_STOP             "/ensure.v1.Ensure/Stop"

#endif
