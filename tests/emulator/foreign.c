/* SPDX-License-Identifier: Apache-2.0 */
#include "foreign.h"

#define EXPIRY_BEIJING "2099-12-31T23:59:59+08:00"
#define EXPIRY         "2099-12-31T15:59:59Z"

const char *emu_foreign_body(enum emu_service service, enum emu_cloud cloud)
{
    static const char *const bodies[EMU_SERVICES][EMU_CLOUDS] = {
        [EMU_STS] =
            {
                [EMU_ALIBABA] =
                    "{\"ResponseMetadata\":{\"RequestId\":\"r\",\"Action\":\"AssumeRole\"},"
                    "\"Result\":{\"Credentials\":{\"CurrentTime\":\"" EXPIRY_BEIJING "\","
                    "\"ExpiredTime\":\"" EXPIRY_BEIJING "\",\"AccessKeyId\":\"AKTPforeign\","
                    "\"SecretAccessKey\":\"foreign-secret\",\"SessionToken\":\"foreign-token\"}}}",
                [EMU_VOLCENGINE] =
                    "{\"RequestId\":\"r\",\"Credentials\":{\"AccessKeyId\":\"STS.foreign\","
                    "\"AccessKeySecret\":\"foreign-secret\",\"SecurityToken\":\"foreign-token\","
                    "\"Expiration\":\"" EXPIRY "\"}}",
                [EMU_BAIDU] =
                    "{\"RequestId\":\"r\",\"Credentials\":{\"AccessKeyId\":\"STS.foreign\","
                    "\"AccessKeySecret\":\"foreign-secret\",\"SecurityToken\":\"foreign-token\","
                    "\"Expiration\":\"" EXPIRY "\"}}",
            },
        [EMU_METADATA] =
            {
                [EMU_ALIBABA] =
                    "{\"CurrentTime\":\"" EXPIRY_BEIJING "\",\"ExpiredTime\":\"" EXPIRY_BEIJING
                    "\",\"AccessKeyId\":\"AKTPforeign\",\"SecretAccessKey\":\"foreign-secret\","
                    "\"SessionToken\":\"foreign-token\"}",
                [EMU_VOLCENGINE] =
                    "{\"Code\":\"Success\",\"AccessKeyId\":\"STS.foreign\",\"AccessKeySecret\":"
                    "\"foreign-secret\",\"SecurityToken\":\"foreign-token\",\"Expiration\":"
                    "\"" EXPIRY "\"}",
                [EMU_BAIDU] =
                    "{\"Code\":\"Success\",\"Type\":\"HMAC\",\"AccessKeyId\":\"ASIAforeign\","
                    "\"SecretAccessKey\":\"foreign-secret\",\"Token\":\"foreign-token\","
                    "\"Expiration\":\"" EXPIRY "\"}",
            },
    };
    return bodies[service][cloud];
}
