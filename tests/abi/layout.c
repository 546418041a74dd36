/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The layout of ABI 1 on a 64-bit machine. If an assertion fails, existing providers would be read
 * wrongly: append members instead, or raise the major version.
 */
#include <assert.h>

#include "ensure/provider.h"

#define AT(type, member, offset)                                                                   \
    static_assert(offsetof(struct type, member) == (offset), #type "." #member " moved")
#define SIZE(type, size) static_assert(sizeof(struct type) == (size), #type " has another size")

static_assert(sizeof(void *) == 8, "the numbers below are those of a 64-bit machine");
static_assert(ENS_PROVIDER_MAGIC == 0x31534e45 && ENS_ABI_MAJOR == 1, "another ABI");

/* frozen for the major version */
SIZE(ens_str, 16);
AT(ens_str, len, 8);
SIZE(ens_pair, 32);
SIZE(ens_memory, 16);
SIZE(ens_status_row, 16);
SIZE(ens_lock_row, 16);
SIZE(ens_code_row, 16);
SIZE(ens_advice_row, 16);
SIZE(ens_variable_row, 24);

/* append-only: offsets of ABI 1.0 */
AT(ens_identity, access_key, 8);
AT(ens_identity, secret_key, 24);
AT(ens_identity, security_token, 40);
AT(ens_profile, access_key, 8);
AT(ens_profile, secret_key, 24);
AT(ens_profile, security_token, 40);
AT(ens_profile, region, 56);
AT(ens_profile, error, 72);
AT(ens_profile_file, path_variable, 8);
AT(ens_profile_file, home_path, 16);
AT(ens_profile_file, name_variables, 24);
AT(ens_profile_file, read, 32);
AT(ens_profile_file, off_variable, 40);
AT(ens_call_spec, flags, 4);
AT(ens_call_spec, region, 8);
AT(ens_call_spec, ids, 24);
AT(ens_call_spec, id_count, 32);
AT(ens_call_spec, client_token, 40);
AT(ens_call_spec, page, 56);
AT(ens_http_request, method, 8);
AT(ens_http_request, path, 24);
AT(ens_http_request, query, 40);
AT(ens_http_request, query_count, 48);
AT(ens_http_request, headers, 56);
AT(ens_http_request, header_count, 64);
AT(ens_http_request, body, 72);
AT(ens_signing_context, region, 8);
AT(ens_signing_context, host, 24);
AT(ens_signing_context, now_unix_s, 40);
AT(ens_signing_context, nonce, 48);
AT(ens_signature, target, 8);
AT(ens_signature, headers, 24);
AT(ens_signature, header_count, 32);
AT(ens_http_reply, status, 4);
AT(ens_http_reply, headers, 8);
AT(ens_http_reply, header_count, 16);
AT(ens_http_reply, body, 24);
AT(ens_answer, malformed, 0);
AT(ens_answer, detail, 8);
AT(ens_answer, code, 24);
AT(ens_answer, message, 40);
AT(ens_answer, request_id, 56);
AT(ens_answer, retry_after_ms, 72);
AT(ens_observation, id, 8);
AT(ens_observation, word, 24);
AT(ens_observation, lock, 40);
AT(ens_observation, expires_unix_s, 56);
AT(ens_describe_result, next_page, 8);
AT(ens_describe_result, observations, 24);
AT(ens_describe_result, observation_count, 32);
AT(ens_describe_result, answer, 40);
AT(ens_start_item, id, 8);
AT(ens_start_item, code, 24);
AT(ens_start_item, message, 40);
AT(ens_start_result, items, 8);
AT(ens_start_result, item_count, 16);
AT(ens_start_result, answer, 24);
AT(ens_provider, magic, 0);
AT(ens_provider, abi_major, 4);
AT(ens_provider, abi_minor, 6);
AT(ens_provider, struct_size, 8);
AT(ens_provider, capabilities, 12);
AT(ens_provider, name, 16);
AT(ens_provider, title, 24);
AT(ens_provider, version, 32);
AT(ens_provider, describe_limit, 40);
AT(ens_provider, dry_run_limit, 44);
AT(ens_provider, start_limit, 48);
AT(ens_provider, statuses, 56);
AT(ens_provider, locks, 64);
AT(ens_provider, codes, 72);
AT(ens_provider, variables, 80);
AT(ens_provider, profile_files, 88);
AT(ens_provider, endpoint, 96);
AT(ens_provider, describe_request, 104);
AT(ens_provider, start_request, 112);
AT(ens_provider, sign, 120);
AT(ens_provider, read_describe, 128);
AT(ens_provider, read_start, 136);
static_assert(ENS_PROVIDER_SIZE_1_0 == 144, "ABI 1.0 has another size");
static_assert(ENS_PROFILE_FILE_SIZE_1_0 == 40, "a profile file of ABI 1.0 has another size");

/* since 1.1 */
AT(ens_provider, advice, 144);

/* since 1.2 */
SIZE(ens_code_advice_row, 16);
AT(ens_observation, flags, 64);
AT(ens_provider, dry_run_checks, 152);
AT(ens_provider, code_advice, 160);
AT(ens_provider, sources, 168);
AT(ens_provider, credentials_step, 176);
AT(ens_provider, default_region, 184);
AT(ens_provider, right_request, 192);
AT(ens_provider, caller_request, 200);
AT(ens_provider, read_caller, 208);
AT(ens_caller, identity, 8);
AT(ens_caller, answer, 24);
AT(ens_provider, find_request, 216);
AT(ens_provider, read_find, 224);
AT(ens_provider, find_action, 232);
AT(ens_provider, find_limit, 240);
AT(ens_provider, trace_names, 248);
SIZE(ens_trace_names, 40);
AT(ens_trace_names, service, 8);
AT(ens_trace_names, describe, 16);
AT(ens_trace_names, start, 24);
AT(ens_trace_names, find, 32);
AT(ens_filter, words, 8);
AT(ens_filter, word_count, 16);
AT(ens_filter, tags, 24);
AT(ens_filter, tag_count, 32);
AT(ens_filter, name, 40);
AT(ens_filter, zone, 56);
AT(ens_filter, group, 72);
AT(ens_found, seen, 8);
AT(ens_found, region, 16);
AT(ens_found, name, 32);
AT(ens_found, zone, 48);
AT(ens_found, instance_type, 64);
AT(ens_found, charge_type, 80);
AT(ens_found, groups, 96);
AT(ens_found, group_count, 104);
AT(ens_found, tags, 112);
AT(ens_found, tag_count, 120);
AT(ens_find_result, next_page, 8);
AT(ens_find_result, found, 24);
AT(ens_find_result, found_count, 32);
AT(ens_find_result, answer, 40);
AT(ens_profile, state, 88);
AT(ens_signing_context, service, 64);
SIZE(ens_source_variable, 16);
AT(ens_source, kind, 4);
AT(ens_source, title, 8);
AT(ens_source, variables, 16);
AT(ens_source, address, 24);
AT(ens_role_settings, duration_s, 4);
AT(ens_role_settings, role, 8);
AT(ens_role_settings, session_name, 24);
AT(ens_role_settings, policy, 40);
AT(ens_role_settings, external_id, 56);
AT(ens_oidc_settings, duration_s, 4);
AT(ens_oidc_settings, role, 8);
AT(ens_oidc_settings, provider, 24);
AT(ens_oidc_settings, token, 40);
AT(ens_oidc_settings, token_file, 56);
AT(ens_oidc_settings, session_name, 72);
AT(ens_oidc_settings, policy, 88);
AT(ens_credentials_input, got, 4);
AT(ens_credentials_input, source, 8);
AT(ens_credentials_input, state, 16);
AT(ens_credentials_input, values, 24);
AT(ens_credentials_input, names, 32);
AT(ens_credentials_input, role, 40);
AT(ens_credentials_input, oidc, 48);
AT(ens_credentials_input, metadata_role, 56);
AT(ens_credentials_input, identity, 72);
AT(ens_credentials_input, sts_endpoint, 80);
AT(ens_credentials_input, metadata_endpoint, 96);
AT(ens_credentials_input, text, 112);
AT(ens_credentials_input, reply, 128);
AT(ens_credentials_input, error, 136);
AT(ens_credentials_input, now_unix_s, 152);
AT(ens_credentials_input, elapsed_ms, 160);
AT(ens_credentials_request, flags, 4);
AT(ens_credentials_request, endpoint, 8);
AT(ens_credentials_request, http, 24);
AT(ens_credentials_request, identity, 32);
AT(ens_credentials_request, region, 40);
AT(ens_credentials_request, service, 56);
AT(ens_credentials_request, target, 72);
AT(ens_credentials_request, timeout_ms, 88);
AT(ens_credentials_request, secrets, 96);
AT(ens_credentials_request, secret_count, 104);
AT(ens_credentials_step, end, 4);
AT(ens_credentials_step, state, 8);
AT(ens_credentials_step, detail, 16);
AT(ens_credentials_step, path, 32);
AT(ens_credentials_step, request, 48);
AT(ens_credentials_step, words, 56);
AT(ens_credentials_step, word_count, 64);
AT(ens_credentials_step, identity, 72);
AT(ens_credentials_step, expires_unix_s, 80);
AT(ens_credentials_step, origin, 88);
AT(ens_credentials_step, answer, 104);

/* values that are compiled into providers */
static_assert(ENS_STATUS_RUNNING == 1 && ENS_STATUS_ABSENT == 8, "a status has another value");
static_assert(ENS_REASON_ALREADY_RUNNING == 1 && ENS_REASON_CANCELLED == 24,
              "a reason has another value");
static_assert(ENS_SPEC_DRY_RUN == 1 && ENS_CAP_DRY_RUN == 1 && ENS_CAP_CLIENT_TOKEN == 2 &&
                  ENS_CAP_ABSENCE_PROBE == 4 && ENS_CODE_FINAL == 1 && ENS_CODE_NEW_NONCE == 2 &&
                  ENS_CODE_CALL == 4 && ENS_CODE_EXPIRED == 8 && ENS_SEND_DIRECT == 1 &&
                  ENS_SEND_ONCE == 2 && ENS_USES_MAX == 32,
              "a flag has another value");
static_assert(ENS_SOURCE_ENVIRONMENT == 1 && ENS_SOURCE_ROLE == 6 && ENS_GOT_NOTHING == 0 &&
                  ENS_GOT_FAILURE == 6 && ENS_CREDENTIALS_NONE == 0 && ENS_CREDENTIALS_ERROR == 5,
              "a kind of source, or an event or end of a step, has another value");
