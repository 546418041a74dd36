/* SPDX-License-Identifier: Apache-2.0 */
#include "role_plugin.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/engine.h"
#include "ensure_v1/protocol.h"
#include "ensure_v1/service.h"
#include "linked/linked.h"
#include "os/os.h"
#include "os/process.h"
#include "rpc/handshake.h"
#include "rpc/plugin.h"
#include "terraform/provider_service.h"

#define PROGRAM            "terraform-provider-ensure"
#define TERRAFORM_SOURCE   "terraform.local/ensure/ensure"
#define TERRAFORM_PROTOCOL 6

/* Made by proto/CMakeLists.txt. */
extern const char ens_service_descriptors[];
extern const size_t ens_service_descriptors_size;

static const struct ens_plugin_host hosts[] = {
    {ENS_V1_COOKIE_KEY, ENS_V1_COOKIE_VALUE, ENS_V1_APP_VERSION},
    {"TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
     TERRAFORM_PROTOCOL},
};

static bool is_debug(const char *option)
{
    return strcmp(option, "-debug") == 0 || strcmp(option, "--debug") == 0;
}

/* Handles --version and --help, for a program that is started directly. */
static int run_option(const char *option)
{
    if (strcmp(option, "--version") == 0) {
        (void)puts(PROGRAM " " ENS_VERSION);
        return 0;
    }
    bool asked = strcmp(option, "--help") == 0;
    if (!asked) {
        (void)fprintf(stderr, PROGRAM ": unknown argument: %s\n", option);
    }
    (void)fprintf(asked ? stdout : stderr,
                  "Usage: " PROGRAM " [-debug | --version | --help]\n"
                  "A plugin that makes sure that cloud instances are running. Terraform, OpenTofu "
                  "and the\nensure command start it and talk to it.\n\n"
                  "  -debug     serve without a host, until Ctrl-C: prints the line that sets\n"
                  "             TF_REATTACH_PROVIDERS, with which Terraform uses this process\n"
                  "  --version\n"
                  "  --help\n");
    return asked ? 0 : 1;
}

static bool is_set(const char *name)
{
    const char *value = ens_os_environment.get(ens_os_environment.ud, name);

    return value != NULL && value[0] != '\0';
}

/* Chooses the log format: plain text on a terminal, else hclog's JSON lines, which hosts parse. If
 * Terraform logs, it filters by level itself, so everything is written. */
static void open_log(struct ens_log *log)
{
    bool wanted = is_set("TF_LOG") || is_set("TF_LOG_PROVIDER");
    enum ens_log_level fallback = wanted ? ENS_LOG_TRACE : ENS_LOG_WARN;

    if (is_set(ENS_V1_COOKIE_KEY)) {
        fallback = ENS_LOG_ERROR; /* the host tool reports results, and does not show this log */
    }

    if (isatty(STDERR_FILENO) == 1) {
        ens_os_log_text(log, fallback);
    } else {
        ens_os_log_hclog(log, fallback);
    }
}

static void on_stopping(void *ud)
{
    ens_engine_cancel_all(ud);
}

static int serve(struct ens_plugin *plugin, const struct ens_registry *registry)
{
    const struct ens_engine_options engine_options = {
        .registry = registry,
        .clock = &ens_os_clock,
        .entropy = &ens_os_entropy,
        .environment = &ens_os_environment,
        .log = plugin->log,
        .user_agent = "ensure/" ENS_VERSION,
    };
    struct ens_engine *engine = NULL;
    ENS_AUTO_DIAGS diags = {0};

    if (ens_engine_new(&engine_options, &engine, &diags) != ENS_OK) {
        return ens_plugin_decline(plugin, &diags);
    }
    struct ens_ensure_v1 *ensure = ens_ensure_v1_new(&(struct ens_ensure_v1_options){
        .engine = engine,
        .clock = &ens_os_clock,
        .version = ENS_VERSION,
        .warnings = ens_engine_warnings(engine),
    });
    struct ens_terraform *terraform = ens_terraform_new(engine, &ens_os_clock, plugin->log);
    const struct ens_rpc_service services[] = {ens_ensure_v1_service(ensure),
                                               ens_terraform_service(terraform)};
    plugin->services = services;
    plugin->service_count = ENS_COUNT(services);
    plugin->descriptors = (ens_str){ens_service_descriptors, ens_service_descriptors_size};
    plugin->stopping = on_stopping;
    plugin->ud = engine;
    int code = ens_plugin_serve(plugin, &ens_os_environment);
    ens_engine_free(engine);
    ens_terraform_free(terraform);
    ens_ensure_v1_free(ensure);
    return code;
}

bool ens_role_plugin_invited(const struct ens_environment *environment)
{
    return ens_handshake_host(hosts, ENS_COUNT(hosts), environment) != NULL;
}

int ens_role_plugin(int argc, char **argv)
{
    struct ens_log log;
    const char *path = argc > 0 ? argv[0] : PROGRAM;
    const char *slash = strrchr(path, '/');
    struct ens_plugin plugin = {.program = slash == NULL ? path : slash + 1,
                                .hosts = hosts,
                                .host_count = ENS_COUNT(hosts),
                                .log = &log};
    struct ens_registry *registry = NULL;
    ENS_AUTO_DIAGS diags = {0};

    if (argc > 1 && (argc > 2 || !is_debug(argv[1]))) {
        return run_option(argc > 2 ? argv[2] : argv[1]);
    }
    if (argc > 1) {
        plugin.reattach_source = TERRAFORM_SOURCE;
        plugin.reattach_version = TERRAFORM_PROTOCOL;
    }
    ens_plugin_prepare();
    ens_os_process_begin();
    open_log(&log);
    if (!ens_plugin_invited(&plugin, &ens_os_environment)) {
        return 1;
    }
    if (ens_registry_new(ens_linked_providers, &ens_os_environment, &log, &registry, &diags) !=
        ENS_OK) {
        return ens_plugin_decline(&plugin, &diags);
    }
    int code = serve(&plugin, registry);
    ens_registry_free(registry);
    ens_plugin_end(code);
}
