/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The ABI between the engine and a cloud provider.
 *
 * A provider is a shared object that exports one function, ens_provider_entry(). It returns a
 * constant descriptor: name and version, the capabilities of the cloud's API, tables of the cloud's
 * status words and error codes, and pure functions that build requests, sign them and read replies.
 * The engine does everything else: it sends, waits, retries, batches and decides. It knows no cloud
 * by name.
 *
 * Rules of the ABI
 * - Pure: a provider touches no clock, environment, file, socket, log or mutable static. Time and
 *   nonce are arguments.
 * - Threads: an engine calls its providers on one thread; several engines may live in one process,
 *   so a function may run on several threads at a time.
 * - Errors: no function of a provider can fail. A reply that can't be read is described in
 *   ens_answer, a profile file that can't be used in ens_profile.error. A descriptor that breaks a
 *   rule below is not loaded, and the user is told the file, the member, what was expected and what
 *   was found.
 * - Memory: a provider allocates only with ens_memory.alloc. Nothing is allocated on one side and
 *   freed on the other. Slices and pointers in arguments are borrowed for the call; results may
 *   point into arguments, into ens_memory and into static data.
 * - Growth: structs are append-only and start with struct_size, set by the side that allocates
 * them: the engine for arguments and for ret structs (zeroed but for struct_size), the provider for
 * the elements of lists. A member is used only if struct_size covers it. Lists of structs are
 *   arrays of pointers, so that an element may grow. ens_str, ens_pair and the rows of tables are
 *   frozen for a major version.
 * - Text is UTF-8 where it is Ensure's, any bytes where a cloud sent it. const char pointers end
 *   with NUL, ens_str does not. Times are seconds since 1970-01-01 UTC where the name ends in
 *   _unix_s, durations milliseconds where it ends in _ms.
 *
 * C11 and C++17; needs stddef.h and stdint.h only.
 */
#ifndef ENSURE_PROVIDER_H
#define ENSURE_PROVIDER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** ens_provider.magic: "ENS1" in memory on a little-endian machine. */
#define ENS_PROVIDER_MAGIC UINT32_C(0x31534e45)
/** Major version of the ABI; a provider of another one is not loaded. */
#define ENS_ABI_MAJOR 1
/** Minor version of the ABI; members that it added are marked with "since". */
#define ENS_ABI_MINOR 2

/** A borrowed piece of text, not terminated. Empty: len 0, whatever ptr is. */
typedef struct ens_str {
    const char *ptr; /**< first byte; may be NULL when len is 0 */
    size_t len;      /**< number of bytes */
} ens_str;

/** A name with its value (a query parameter, a header), neither of them encoded. */
struct ens_pair {
    ens_str name;  /**< the name */
    ens_str value; /**< the value; may be empty */
};

/** Where a provider's results live. */
struct ens_memory {
    void *ctx; /**< the engine's; passed on to alloc */
    /** Allocates size bytes: zeroed, never NULL, aligned for any type, valid until the engine has
     * used the result. There is no free. */
    void *(*alloc)(void *ctx, size_t size);
};

/* ---- statuses, reasons and codes ------------------------------------------------------------ */

/** The unified status of an instance, the same for all clouds. The values are frozen. */
enum ens_status {
    ENS_STATUS_UNKNOWN = 0,  /**< no answer from the cloud, or a word that no table has */
    ENS_STATUS_RUNNING = 1,  /**< running */
    ENS_STATUS_STARTING = 2, /**< becomes running by itself */
    ENS_STATUS_STOPPED = 3,  /**< can be started */
    ENS_STATUS_STOPPING = 4, /**< becomes stopped by itself */
    ENS_STATUS_BUSY = 5,     /**< being changed; settles by itself, stopped or running */
    ENS_STATUS_FAILED = 6,   /**< in a state that a start can't leave */
    ENS_STATUS_DELETING = 7, /**< being deleted, or shown after its deletion */
    ENS_STATUS_ABSENT = 8,   /**< a well-formed reply says that there is no such instance */
};

/** Why a target has its action or its end. The values are frozen; their stable names, the
 * enumerator in lower case without the prefix, are what users see. "Retried" means a bounded number
 * of times, with growing pauses, within the deadline. */
enum ens_reason {
    ENS_REASON_OK = 0,               /**< no obstacle was found; a dry run passed */
    ENS_REASON_ALREADY_RUNNING = 1,  /**< nothing to do */
    ENS_REASON_NOT_FOUND = 2,        /**< the cloud has no such instance */
    ENS_REASON_INVALID_ARGUMENT = 3, /**< the cloud rejects the request as it is; not retried */
    ENS_REASON_WRONG_STATE = 4,      /**< not startable in its state; read again before deciding */
    ENS_REASON_LOCKED = 5,           /**< a lock or another operation forbids the start */
    ENS_REASON_EXPIRED = 6,          /**< the instance's paid time is over */
    ENS_REASON_INSUFFICIENT_BALANCE = 7, /**< the account is overdue or has no balance */
    ENS_REASON_NO_CAPACITY = 8,          /**< the zone has no stock of the instance type */
    ENS_REASON_SPOT_PRICE = 9,           /**< the market price is above the instance's highest */
    ENS_REASON_KEY_DISABLED = 10,        /**< a disk's encryption key can't be used */
    ENS_REASON_PERMISSION_DENIED = 11,   /**< the credentials may not do this */
    ENS_REASON_UNAUTHENTICATED = 12,     /**< there are no credentials, or the cloud rejects them */
    ENS_REASON_CLOCK_SKEW = 13,          /**< signed too far from the cloud's time; retried once */
    ENS_REASON_THROTTLED = 14,           /**< a request quota is used up; retried */
    ENS_REASON_TOKEN_MISMATCH = 15,      /**< the client token was used for another request */
    ENS_REASON_IN_PROGRESS = 16,         /**< another operation holds the instance; retried */
    ENS_REASON_FELL_BACK = 17,           /**< started, then stopped again; the engine's */
    ENS_REASON_TIMED_OUT = 18,           /**< the deadline came first; the engine's */
    ENS_REASON_AMBIGUOUS = 19, /**< whether a start took effect is unknown; the engine's */
    ENS_REASON_DRY_RUN_NOT_HONOURED = 20, /**< a dry run was answered as a start; the engine's */
    ENS_REASON_UNAVAILABLE = 21,          /**< the cloud can't be reached or is down; retried */
    ENS_REASON_INTERNAL = 22,             /**< a fault of the cloud; retried */
    ENS_REASON_MALFORMED_RESPONSE = 23,   /**< the reply is not the cloud's; retried */
    ENS_REASON_CANCELLED = 24,            /**< the caller ended the work; the engine's */
    ENS_REASON_POLICY = 25, /**< a guard forbids the start; the engine's: in a provider's table it
                                 counts as unknown */
};

/** A status word of the cloud, compared exactly. Sources: `Status` of DescribeInstances (Volcengine
 * ECS, Alibaba Cloud ECS), `status` of an instance (Baidu BCC). */
struct ens_status_row {
    const char *word; /**< the cloud's word; NULL ends the table */
    uint32_t status;  /**< enum ens_status */
    uint32_t reason;  /**< enum ens_reason: ENS_REASON_OK, unless the word itself says why the
                           instance can't be started (such as "Expired") */
};

/** A lock on an instance that a read shows, compared exactly. Source: `OperationLocks` of
 * DescribeInstances (Alibaba Cloud ECS). */
struct ens_lock_row {
    const char *word; /**< the cloud's word; NULL ends the table */
    uint32_t reason;  /**< enum ens_reason; a word without a row is ENS_REASON_LOCKED */
};

/** What an error code of the cloud means. The first row that fits decides, so special patterns
 * stand before general ones. A dry run that passed is a row with ENS_REASON_OK. Codes without a row
 * are judged by words in them that speak of a missing permission, else by the HTTP status. Sources:
 * the error tables of StartInstance and "common errors" (Volcengine, documents 6369/68677), of
 * StartInstances (Alibaba Cloud, help 155374), and "BCC error codes" (Baidu, Ojwvyo6nc). */
struct ens_code_row {
    const char *pattern; /**< compared without case; '*' stands for any run of characters, at most
                              two of them; NULL ends the table */
    uint32_t reason;     /**< enum ens_reason */
    uint32_t flags;      /**< 0, or some of ENS_CODE_* */
};
/** ens_code_row.flags: no retry and no second read, even where the reason would allow it. */
#define ENS_CODE_FINAL 1u
/** ens_code_row.flags: may pass when it is signed again with a new nonce; retried like
 * ENS_REASON_UNAVAILABLE. */
#define ENS_CODE_NEW_NONCE 2u
/** ens_code_row.flags: about the call as a whole, such as its region: splitting the batch would
 * help none of its ids. */
#define ENS_CODE_CALL 4u
/** ens_code_row.flags: the keys have expired. They are renewed, and the call is sent once more.
 * Since 1.2. */
#define ENS_CODE_EXPIRED 8u

/** The cloud's own advice for a reason; the engine has a general one for each. */
struct ens_advice_row {
    uint32_t reason;      /**< enum ens_reason */
    const char *sentence; /**< what the user can do, one sentence; NULL ends the table */
};

/** Advice for a code, whatever its reason is; it goes before the advice for the reason. Since 1.2.
 */
struct ens_code_advice_row {
    const char *pattern;  /**< compared as in ens_code_row; NULL ends the table */
    const char *sentence; /**< what the user can do, one sentence */
};

/* ---- credentials ---------------------------------------------------------------------------- */

/** What signs a request: visible ASCII characters. */
struct ens_identity {
    uint32_t struct_size;   /**< set by the engine */
    ens_str access_key;     /**< id of the key */
    ens_str secret_key;     /**< its secret; the bytes as the user gave them, not decoded */
    ens_str security_token; /**< of temporary keys; empty for long-lived ones */
};

/** Names of environment variables that belong together; a set is taken as a whole or not at all. A
 * row that repeats the keys of the one before it has another name of the token. */
struct ens_variable_row {
    const char *access_key; /**< variable of the key's id; NULL ends the table */
    const char *secret_key; /**< variable of the secret */
    const char *token;      /**< variable of the security token; may be NULL */
};

/** What a profile file holds for one profile: an identity, a state to go on with, or an error. */
struct ens_profile {
    uint32_t struct_size;   /**< set by the engine */
    ens_str access_key;     /**< id of the key */
    ens_str secret_key;     /**< its secret */
    ens_str security_token; /**< of temporary keys; empty for long-lived ones */
    ens_str region;         /**< the profile's region; empty: none named */
    ens_str error; /**< not empty: what is wrong with the file or the profile, in one clause without
                      a secret */
    const void *state; /**< not NULL: the keys have to be obtained, by credentials_step for
                            ENS_SOURCE_PROFILE with this as its first state. Without a key then;
                            since 1.2 */
};

/** A profile file of the vendor's command line. Needs path_variable or home_path. */
struct ens_profile_file {
    uint32_t struct_size;              /**< sizeof(struct ens_profile_file); set by the provider */
    const char *path_variable;         /**< environment variable that names the file; may be NULL */
    const char *home_path;             /**< below the home directory, such as ".aliyun/config.json";
                                            may be NULL */
    const char *const *name_variables; /**< environment variables that name the profile,
                                            NULL-terminated; may be NULL */
    /** Finds the profile called name in text (the whole file, at most 1 MiB); an empty name means
     * the file's own current or default one. Sets ret. */
    void (*read)(const struct ens_memory *memory, ens_str text, ens_str name,
                 struct ens_profile *ret);
    const char *off_variable; /**< environment variable that, set to "true", keeps the file from
                                 being read; may be NULL; since 1.2 */
};

/* ---- calls ---------------------------------------------------------------------------------- */

/** ens_call_spec.flags: the request must change nothing (a start's dry run; with describe_request
 * and find_request the probe of ENS_CAP_ABSENCE_PROBE). */
#define ENS_SPEC_DRY_RUN 1u

/** One request to a cloud, as the engine means it. The engine has checked id and region. */
struct ens_call_spec {
    uint32_t struct_size; /**< set by the engine */
    uint32_t flags;       /**< 0 or ENS_SPEC_DRY_RUN */
    ens_str region;       /**< the targets' region, 1 to 32 of [a-z0-9-] */
    const ens_str *ids;   /**< instance ids, "i-" and 1 to 62 of [A-Za-z0-9_-], none twice */
    size_t id_count;      /**< 1 to the limit of the kind of call; find: 0 */
    ens_str client_token; /**< start: printable ASCII, at most 64 bytes; empty for none */
    ens_str page;         /**< describe and find: next_page of the page before; empty for the first
                           */
};

/** An HTTP request before signing. */
struct ens_http_request {
    uint32_t struct_size;                  /**< set by the engine */
    ens_str method;                        /**< such as "GET" */
    ens_str path;                          /**< not encoded, starts with '/' */
    const struct ens_pair *const *query;   /**< parameters, not encoded */
    size_t query_count;                    /**< number of parameters */
    const struct ens_pair *const *headers; /**< lower-case names; no host, no content-length */
    size_t header_count;                   /**< number of headers */
    ens_str body;                          /**< may be empty */
};

/** What a signer needs beside the request and the identity: place, time and nonce. */
struct ens_signing_context {
    uint32_t struct_size; /**< set by the engine */
    ens_str region;       /**< the targets' region */
    ens_str host;         /**< as the Host header has it: with the port, unless it is the scheme's
                               default */
    int64_t now_unix_s; /**< time of signing, corrected by the server's clock after a rejection for
                             skew */
    ens_str nonce;      /**< 32 hexadecimal digits, new for every attempt */
    ens_str service;    /**< that the request is for, in the cloud's own notation; empty: the one of
                             the calls; since 1.2 */
};

/** What signing adds; the request itself is never edited. Sources: the vendors' signing pages
 * (Volcengine HMAC-SHA256, Alibaba Cloud V3 ACS3-HMAC-SHA256, Baidu bce-auth-v1). */
struct ens_signature {
    uint32_t struct_size; /**< set by the engine */
    ens_str target;       /**< path and query, percent-encoded: sent exactly as it was signed */
    const struct ens_pair *const *headers; /**< sent beside the request's headers and Host */
    size_t header_count;                   /**< number of headers */
};

/** A complete HTTP reply, decompressed. */
struct ens_http_reply {
    uint32_t struct_size;                  /**< set by the engine */
    uint32_t status;                       /**< HTTP status */
    const struct ens_pair *const *headers; /**< lower-case names */
    size_t header_count;                   /**< number of headers */
    ens_str body;                          /**< any bytes, at most 16 MiB */
};

/** What a reply says about the call as a whole. A reader only extracts: what code and HTTP status
 * mean is decided by the engine with the tables. */
struct ens_answer {
    uint32_t malformed;     /**< 1: neither the cloud's shape nor empty */
    ens_str detail;         /**< with malformed: one clause, such as "Instances is not a list" */
    ens_str code;           /**< the cloud's error code; empty: the reply holds no error */
    ens_str message;        /**< the cloud's own words; may be empty */
    ens_str request_id;     /**< the cloud's id of the request; may be empty */
    int64_t retry_after_ms; /**< from a header of the cloud's own (such as x-acs-retry-after); 0:
                                 none. The engine reads the standard Retry-After itself */
};

/** An instance as a read showed it. */
struct ens_observation {
    uint32_t struct_size;   /**< sizeof(struct ens_observation); set by the provider */
    ens_str id;             /**< the instance id */
    ens_str word;           /**< the cloud's status word */
    ens_str lock;           /**< the lock that counts where there are several; empty: none */
    int64_t expires_unix_s; /**< when the paid time ends; 0: never, or not said */
    uint32_t flags;         /**< 0, or some of ENS_SEEN_*; since 1.2 */
    uint32_t reserved;      /**< 0; since 1.2 */
};
/** ens_observation.flags: a stopped instance whose capacity was released, so that its start may
 * find no stock. Source: `StoppedMode` of DescribeInstances (Alibaba Cloud ECS). */
#define ENS_SEEN_CAPACITY_RELEASED 1u

/** What a reply to describe_request says. */
struct ens_describe_result {
    uint32_t struct_size; /**< set by the engine */
    ens_str next_page;    /**< passed on as ens_call_spec.page; empty: this was the last */
    const struct ens_observation *const *observations; /**< in any order; ids that were not asked
                                                          for are ignored */
    size_t observation_count;                          /**< number of observations */
    struct ens_answer answer;                          /**< the last member, so that it may grow */
};

/** The outcome of one id of an accepted start. */
struct ens_start_item {
    uint32_t struct_size; /**< sizeof(struct ens_start_item); set by the provider */
    ens_str id;           /**< the instance id */
    ens_str code;         /**< the cloud's error code; empty: accepted */
    ens_str message;      /**< the cloud's own words; may be empty */
};

/** What a reply to start_request says. */
struct ens_start_result {
    uint32_t struct_size; /**< set by the engine */
    const struct ens_start_item *const
        *items;               /**< an id without an item shares the call's answer */
    size_t item_count;        /**< number of items */
    struct ens_answer answer; /**< the last member, so that it may grow */
};

/* ---- finding instances, since 1.2 ------------------------------------------------------------ */

/** Which instances a list has to show. A provider passes on what the cloud can express, and leaves
 * the rest out: the engine checks every condition again, so a list may show too many instances, but
 * never too few. Text is valid UTF-8, at most 256 bytes each. */
struct ens_filter {
    uint32_t struct_size;               /**< set by the engine */
    uint32_t reserved;                  /**< 0 */
    const ens_str *words;               /**< status words of the provider's table: the instance has
                                             one of them */
    size_t word_count;                  /**< 0: any status */
    const struct ens_pair *const *tags; /**< the instance has all of these keys and values */
    size_t tag_count;                   /**< number of tags */
    ens_str name;                       /**< '*' stands for any run of characters; empty: any */
    ens_str zone;                       /**< empty: any */
    ens_str group;                      /**< project (Volcengine) or resource group; empty: any */
};

/** An instance in a list. What the reply does not say is empty. */
struct ens_found {
    uint32_t struct_size;               /**< sizeof(struct ens_found); set by the provider */
    uint32_t reserved;                  /**< 0 */
    const struct ens_observation *seen; /**< id, status word and so on, as in a read */
    ens_str region;                     /**< as the reply names it */
    ens_str name;                       /**< that the user gave it */
    ens_str zone;                       /**< availability zone */
    ens_str instance_type;              /**< the cloud's name of its size */
    ens_str charge_type;                /**< the cloud's word for how it is paid for */
    const ens_str *groups; /**< each name and id of its groups that ens_filter.group may
                                give */
    size_t group_count;    /**< number of groups */
    const struct ens_pair *const *tags; /**< its tags */
    size_t tag_count;                   /**< number of tags */
};

/** What a reply to find_request says. */
struct ens_find_result {
    uint32_t struct_size; /**< set by the engine */
    ens_str next_page;    /**< passed on as ens_call_spec.page; empty: this was the last */
    const struct ens_found *const *found; /**< in the order of the reply */
    size_t found_count;                   /**< number of instances */
    struct ens_answer answer;             /**< the last member, so that it may grow */
};

/* ---- credential sources, since 1.2 ----------------------------------------------------------- */

/** Where keys come from. A provider that has more than variables and profile files declares its
 * sources as a table (ens_provider.sources). The engine goes through it in order until one has
 * keys; explicit settings come before the table and choose a source by themselves. */
enum ens_source_kind {
    ENS_SOURCE_ENVIRONMENT = 1, /**< ens_provider.variables; the engine reads them, without steps */
    ENS_SOURCE_PROFILE = 2,     /**< ens_provider.profile_files; steps follow ens_profile.state */
    ENS_SOURCE_OIDC = 3,        /**< an identity token, exchanged for keys */
    ENS_SOURCE_METADATA = 4,    /**< the metadata service of the machine that this process is on */
    ENS_SOURCE_URI = 5,         /**< an address that answers with keys */
    ENS_SOURCE_ROLE = 6,        /**< a role that is assumed with the keys of another source: asked
                                     after one had keys, whichever it was */
};

/** An environment variable that credentials_step may know the value of. Frozen. */
struct ens_source_variable {
    const char *name;  /**< NULL ends the table */
    uint32_t use;      /**< index into ens_credentials_input.values, below ENS_USES_MAX: the
                            provider's own number. Of variables with the same use, the first that is
                            set counts */
    uint32_t reserved; /**< 0 */
};
/** Number of ens_credentials_input.values. */
#define ENS_USES_MAX 32u

/** A credential source of a provider. */
struct ens_source {
    uint32_t struct_size; /**< sizeof(struct ens_source); set by the provider */
    uint32_t kind;        /**< enum ens_source_kind; no kind twice */
    const char *title;    /**< for people, where it is told what was looked at: "OIDC" */
    const struct ens_source_variable *variables; /**< ended by a row with name NULL; may be NULL */
    const char *address; /**< ENS_SOURCE_METADATA: "http://" and the address of the service; else
                              NULL */
};

/** A role to assume, as the user set it; what is not set is empty or 0. */
struct ens_role_settings {
    uint32_t struct_size; /**< set by the engine */
    uint32_t duration_s;  /**< how long the keys are to live */
    ens_str role;         /**< in the cloud's own notation: an ARN, a TRN, "ACCOUNT/ROLE" */
    ens_str session_name; /**< under which the cloud records the calls */
    ens_str policy;       /**< restricts the keys further; JSON */
    ens_str external_id;  /**< that the role demands */
};

/** A role to assume with an identity token, as the user set it; what is not set is empty or 0. */
struct ens_oidc_settings {
    uint32_t struct_size; /**< set by the engine */
    uint32_t duration_s;  /**< how long the keys are to live */
    ens_str role;         /**< in the cloud's own notation */
    ens_str provider;     /**< the identity provider that the cloud trusts */
    ens_str token;        /**< the token itself; goes before token_file */
    ens_str token_file;   /**< path of the file that holds the token; read at each renewal */
    ens_str session_name; /**< under which the cloud records the calls */
    ens_str policy;       /**< restricts the keys further; JSON */
};

/** The outcome of what the last step asked for. */
enum ens_credentials_got {
    ENS_GOT_NOTHING = 0, /**< nothing was asked for yet */
    ENS_GOT_FILE = 1,    /**< text is the content of the file */
    ENS_GOT_NO_FILE = 2, /**< there is no such file */
    ENS_GOT_REPLY = 3,   /**< reply is that to the request, whatever its HTTP status */
    ENS_GOT_OUTPUT = 4,  /**< text is what the command, which succeeded, wrote */
    ENS_GOT_SILENCE = 5, /**< no reply within the time limit of the request */
    ENS_GOT_FAILURE = 6, /**< the file can't be read, the request was not answered, or the command
                                failed; error says why */
};

/** What a step goes by. All of it is borrowed for the call, but what lies in ens_memory stays valid
 * for the further steps of the source. */
struct ens_credentials_input {
    uint32_t struct_size;            /**< set by the engine */
    uint32_t got;                    /**< enum ens_credentials_got */
    const struct ens_source *source; /**< the row of ens_provider.sources */
    const void *state;        /**< ens_credentials_step.state of the last step; NULL at first,
                                   with ENS_SOURCE_PROFILE that of ens_profile */
    const ens_str *values;    /**< of the source's variables, by use; ENS_USES_MAX of them,
                                   empty where none is set */
    const char *const *names; /**< the variable of each value; where none is set the first of that
                                   use, NULL: the source has none */
    const struct ens_role_settings *role; /**< ENS_SOURCE_ROLE: of the settings */
    const struct ens_oidc_settings *oidc; /**< ENS_SOURCE_OIDC: of the settings */
    ens_str metadata_role;                /**< ENS_SOURCE_METADATA: of the settings */
    const struct ens_identity *identity;  /**< ENS_SOURCE_ROLE: the keys to assume it with */
    ens_str sts_endpoint; /**< scheme://host[:port] where the user replaced that of the service that
                               hands out keys; else empty */
    ens_str metadata_endpoint; /**< ENS_SOURCE_METADATA, ENS_SOURCE_PROFILE: scheme://host[:port] of
                                    the metadata service; empty: it must not be asked */
    ens_str text;              /**< with ENS_GOT_FILE and ENS_GOT_OUTPUT */
    const struct ens_http_reply *reply; /**< with ENS_GOT_REPLY */
    ens_str error;                      /**< with ENS_GOT_FAILURE: one clause */
    int64_t now_unix_s;                 /**< of the server that replied, where it told its time */
    int64_t elapsed_ms;                 /**< since the first step of the source */
};

/** A request for keys. It is sent over https; over http only to loopback, link-local addresses and
 * the metadata services. */
struct ens_credentials_request {
    uint32_t struct_size; /**< sizeof(struct ens_credentials_request); set by the provider */
    uint32_t flags;       /**< 0, or some of ENS_SEND_* */
    ens_str endpoint;     /**< scheme://host[:port] */
    const struct ens_http_request *http; /**< the request before signing */
    const struct ens_identity *identity; /**< signs it; NULL: it is not signed */
    ens_str region;                      /**< with identity: for ens_signing_context */
    ens_str service;                     /**< with identity: for ens_signing_context */
    ens_str target;                      /**< without identity: path and query, percent-encoded */
    int64_t timeout_ms;     /**< the most that one attempt may take; 0: the engine's own limit */
    const ens_str *secrets; /**< texts in the request that must not be shown where a reply echoes
                                 them, beside the identity */
    size_t secret_count;    /**< number of secrets */
};
/** ens_credentials_request.flags: never through a proxy. */
#define ENS_SEND_DIRECT 1u
/** ens_credentials_request.flags: one attempt. Otherwise a request without an answer, and one that
 * was answered with a reason to retry, is sent again. */
#define ENS_SEND_ONCE 2u

/** What a step comes to. */
enum ens_credentials_end {
    ENS_CREDENTIALS_NONE = 0,  /**< the source has no keys; detail says why. The next is asked */
    ENS_CREDENTIALS_READ = 1,  /**< go on with the content of a file, at most 1 MiB */
    ENS_CREDENTIALS_SEND = 2,  /**< go on with the reply to a request */
    ENS_CREDENTIALS_RUN = 3,   /**< go on with the output of a command, at most 64 KiB */
    ENS_CREDENTIALS_KEYS = 4,  /**< identity signs until expires_unix_s */
    ENS_CREDENTIALS_ERROR = 5, /**< the source is the one to use, and has no keys; detail and answer
                                    say why */
};

/** The outcome of a step. */
struct ens_credentials_step {
    uint32_t struct_size; /**< set by the engine */
    uint32_t end;         /**< enum ens_credentials_end */
    const void *state;    /**< for the next step; not changed by it */
    ens_str detail;       /**< NONE, ERROR: one clause without a secret; empty in an error that a
                               cloud answered with */
    ens_str path;         /**< READ: of the file */
    const struct ens_credentials_request *request; /**< SEND */
    const ens_str *words; /**< RUN: the program and its arguments; no shell is involved */
    size_t word_count;    /**< RUN: number of words */
    const struct ens_identity *identity; /**< KEYS */
    int64_t expires_unix_s; /**< KEYS: 0: they do not expire, or it is not known when */
    ens_str origin; /**< KEYS: what gave them, for people: "OIDC token file F, role R"; ERROR: what
                         should have, as far as it went */
    struct ens_answer answer; /**< ERROR: the reply of a cloud that refused; the engine looks up its
                                   code. The last member, so that it may grow */
};

/* ---- the caller, since 1.2 ------------------------------------------------------------------- */

/** What a reply to caller_request says. */
struct ens_caller {
    uint32_t struct_size; /**< set by the engine */
    uint32_t reserved;    /**< 0 */
    ens_str identity;     /**< the caller in the cloud's own notation: an ARN, a TRN, else the id of
                               the account */
    struct ens_answer answer; /**< the last member, so that it may grow */
};

/* ---- the descriptor ------------------------------------------------------------------------- */

/** ens_provider.capabilities: start_request understands ENS_SPEC_DRY_RUN. */
#define ENS_CAP_DRY_RUN 1u
/** ens_provider.capabilities: start_request sends client_token, and a start that is repeated with
 * the same token has no second effect. Each start is then a call of its own. */
#define ENS_CAP_CLIENT_TOKEN 2u
/** ens_provider.capabilities: a read may hide instances instead of saying that a permission is
 * missing; describe_request with ENS_SPEC_DRY_RUN asks for the permission alone. */
#define ENS_CAP_ABSENCE_PROBE 4u

/** What the cloud and its API are called in traces (OpenTelemetry's semantic conventions). Each is
 * 1 to 64 bytes. */
struct ens_trace_names {
    const char *cloud;    /**< cloud.provider, such as "alibaba_cloud" */
    const char *service;  /**< rpc.service, such as "ecs" */
    const char *describe; /**< rpc.method of describe_request and right_request */
    const char *start;    /**< rpc.method of start_request */
    const char *find;     /**< rpc.method of find_request */
};

/** The descriptor of a provider. Static: it and all that it points to stay valid and unchanged for
 * the life of the process. */
struct ens_provider {
    uint32_t magic;        /**< ENS_PROVIDER_MAGIC */
    uint16_t abi_major;    /**< ENS_ABI_MAJOR of the header that the provider was compiled with */
    uint16_t abi_minor;    /**< ENS_ABI_MINOR of that header */
    uint32_t struct_size;  /**< sizeof(struct ens_provider), at least ENS_PROVIDER_SIZE_1_0 */
    uint32_t capabilities; /**< some of ENS_CAP_* */
    const char *name;      /**< the cloud in a target: 1 to 32 of [a-z0-9_], unique */
    const char *title;     /**< for people, such as "Alibaba Cloud"; 1 to 64 bytes */
    const char *version;   /**< of the provider, in a form of its choice; 1 to 64 bytes */

    uint32_t describe_limit; /**< the most ids in one read, 1 to 1000 */
    uint32_t
        dry_run_limit;    /**< the most ids in one dry run, 1 to 1000; 0 without ENS_CAP_DRY_RUN */
    uint32_t start_limit; /**< the most ids in one start, 1 to 1000 */

    const struct ens_status_row *statuses; /**< status words; ended by a row with word NULL */
    const struct ens_lock_row *locks;      /**< locks; ended by a row with word NULL; may be NULL */
    const struct ens_code_row *codes;      /**< error codes; ended by a row with pattern NULL */
    const struct ens_variable_row *variables; /**< credential variables; ended by a row with
                                                   access_key NULL */
    const struct ens_profile_file *const *profile_files; /**< NULL-terminated; may be NULL */

    /** Returns the host name of the cloud's API in a region; requests go to it over https. */
    ens_str (*endpoint)(const struct ens_memory *memory, ens_str region);

    /** Builds the request that reads call->ids, or with ENS_SPEC_DRY_RUN the probe of
     * ENS_CAP_ABSENCE_PROBE. Sets ret. API: DescribeInstances (Volcengine 2020-04-01, Alibaba Cloud
     * 2014-05-26), POST /v2/instance/listByInstanceId (Baidu BCC). */
    void (*describe_request)(const struct ens_memory *memory, const struct ens_call_spec *call,
                             struct ens_http_request *ret);
    /** Builds the request that starts call->ids, or with ENS_SPEC_DRY_RUN its dry run. Sets ret.
     * API: StartInstance (Volcengine), StartInstances (Alibaba Cloud), PUT /v2/instance/{id}?start
     * and /v2/instance/batchAction?start (Baidu BCC). */
    void (*start_request)(const struct ens_memory *memory, const struct ens_call_spec *call,
                          struct ens_http_request *ret);

    /** Signs a request; called for every attempt, with a new nonce. Sets ret. */
    void (*sign)(const struct ens_memory *memory, const struct ens_http_request *request,
                 const struct ens_identity *identity, const struct ens_signing_context *context,
                 struct ens_signature *ret);

    /** Reads any reply to describe_request, whatever its HTTP status or content. Sets ret. */
    void (*read_describe)(const struct ens_memory *memory, const struct ens_call_spec *call,
                          const struct ens_http_reply *reply, struct ens_describe_result *ret);
    /** Reads any reply to start_request, whatever its HTTP status or content. Sets ret. */
    void (*read_start)(const struct ens_memory *memory, const struct ens_call_spec *call,
                       const struct ens_http_reply *reply, struct ens_start_result *ret);

    const struct ens_advice_row *advice; /**< the cloud's advice; ended by a row with sentence NULL;
                                              may be NULL; since 1.1 */
    const char *dry_run_checks; /**< what a dry run that passed has checked, and what not: one
                                     sentence; may be NULL; since 1.2 */
    const struct ens_code_advice_row *code_advice; /**< advice for codes; ended by a row with
                                                      pattern NULL; may be NULL; since 1.2 */
    const struct ens_source *const *sources; /**< credential sources in the order in which they are
                                                  asked, NULL-terminated. NULL: variables, then
                                                  profile_files; since 1.2 */
    /** One step to the keys of a source (input->source, any kind but ENS_SOURCE_ENVIRONMENT). Pure:
     * the same input has the same outcome. The engine does what a step asks for and takes the next
     * one, at most 12 for a source. A reply that is not accepted may be followed by another reply
     * to the same request, with the same state. Sets ret. May be NULL where no source has steps;
     * since 1.2. */
    void (*credentials_step)(const struct ens_memory *memory,
                             const struct ens_credentials_input *input,
                             struct ens_credentials_step *ret);

    const char *default_region; /**< where the caller's rights are asked for when no region is
                                     named: 1 to 32 of [a-z0-9-]; may be NULL; since 1.2 */
    /** Builds the least request that tells whether the caller may read instances of a region, with
     * ENS_CAP_ABSENCE_PROBE as a dry run. Its reply is read by read_describe. Sets ret. API:
     * DescribeInstances (Volcengine, Alibaba Cloud), GET /v2/instance (Baidu BCC). May be NULL;
     * since 1.2. */
    void (*right_request)(const struct ens_memory *memory, ens_str region,
                          struct ens_http_request *ret);
    /** Builds the request that asks whom an identity belongs to; the identity signs it.
     * sts_endpoint is as in ens_credentials_input. Sets ret. API: GetCallerIdentity (Volcengine STS
     * 2018-01-01, Alibaba Cloud STS 2015-04-01). NULL: the cloud documents no such request;
     * since 1.2. */
    void (*caller_request)(const struct ens_memory *memory, const struct ens_identity *identity,
                           ens_str sts_endpoint, struct ens_credentials_request *ret);
    /** Reads any reply to caller_request, whatever its HTTP status or content. Sets ret. NULL where
     * caller_request is; since 1.2. */
    void (*read_caller)(const struct ens_memory *memory, const struct ens_http_reply *reply,
                        struct ens_caller *ret);
    /** Builds the request that lists the instances of call->region, narrowed by the filter, in
     * pages of at most 1000; or with ENS_SPEC_DRY_RUN the probe of ENS_CAP_ABSENCE_PROBE. Sets ret.
     * API: DescribeInstances (Volcengine 2020-04-01, Alibaba Cloud 2014-05-26), GET /v2/instance
     * (Baidu BCC). NULL, as read_find then is too: the provider lists none; since 1.2. */
    void (*find_request)(const struct ens_memory *memory, const struct ens_call_spec *call,
                         const struct ens_filter *filter, struct ens_http_request *ret);
    /** Reads any reply to find_request, whatever its HTTP status or content. Sets ret. Since 1.2.
     */
    void (*read_find)(const struct ens_memory *memory, const struct ens_call_spec *call,
                      const struct ens_http_reply *reply, struct ens_find_result *ret);
    const char *find_action; /**< what the credentials have to be allowed for a list, in the cloud's
                                  own notation, such as "ecs:DescribeInstances"; 1 to 64 bytes with
                                  find_request; since 1.2 */
    uint32_t find_limit;     /**< the most instances that the cloud shows, in all pages, of a list
                                  that is narrowed by tags or group: the engine reads one that is as
                                  long again, without these; 0: there is no such limit; since 1.2 */
    const struct ens_trace_names *trace_names; /**< for traces; NULL: name and the engine's own
                                                    words; since 1.2 */
};

/** Size of the descriptor of ABI 1.0: the least that is accepted. */
#define ENS_PROVIDER_SIZE_1_0 offsetof(struct ens_provider, advice)

/** Size of struct ens_profile_file in ABI 1.0: the least that is accepted. */
#define ENS_PROFILE_FILE_SIZE_1_0 offsetof(struct ens_profile_file, off_variable)

/** Name of the exported function, for dlsym(). */
#define ENS_PROVIDER_ENTRY_SYMBOL "ens_provider_entry"
/** Type of the exported function.
 * @param host_major ENS_ABI_MAJOR of the engine
 * @param host_minor ENS_ABI_MINOR of the engine
 * @return the descriptor, or NULL */
typedef const struct ens_provider *ens_provider_entry_fn(uint32_t host_major, uint32_t host_minor);

/** The one function that a provider exports.
 * @param host_major ENS_ABI_MAJOR of the engine
 * @param host_minor ENS_ABI_MINOR of the engine; a provider may return an older descriptor for an
 *     older engine
 * @return the descriptor; NULL: the provider can't serve this engine, and is not loaded */
__attribute__((visibility("default"))) const struct ens_provider *ens_provider_entry(
    uint32_t host_major, uint32_t host_minor);

#ifdef __cplusplus
}
#endif

#endif
