/* SPDX-License-Identifier: Apache-2.0 */
/* StopProvider, which Terraform calls when it is interrupted: cancels all jobs. No job is begun
 * until the provider is configured again. */
#include <tfplugin6.pb-c.h>

#include "terraform/call_context.h"
#include "terraform/handlers.h"

void ens_tf_stop_provider(void *ud, struct ens_rpc_call *rpc, const ProtobufCMessage *request)
{
    Tfplugin6__StopProvider__Response done;
    struct ens_terraform *tf = ud;

    (void)request;
    tfplugin6__stop_provider__response__init(&done);
    atomic_store(&tf->stopped, true);
    ens_engine_cancel_all(tf->engine);
    ens_log(tf->log, ENS_LOG_INFO, "terraform", "Terraform asks to stop");
    ens_rpc_call_reply(rpc, &done.base);
}
