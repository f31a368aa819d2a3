//! A fleet of definitions as teams have them: the same on every machine and in every run.

use serde_json::{Value, json};

const ACCOUNT: &str = "123456789012";
const REGION: &str = "eu-central-1";
const TEAMS: &[&str] = &["shop", "search", "billing", "media", "back-office"];

/// A definition file: its name, and its content as `aws` and editors write it.
pub(crate) struct File {
    /// File name without directory.
    pub(crate) name: String,
    /// Its text.
    pub(crate) text: String,
}

/// Task definitions with one service each, a file for each of both; the numbers decide about what is in them.
pub(crate) fn files(numbers: impl Iterator<Item = usize>) -> Vec<File> {
    let file = |name: String, value: &Value| File {
        name,
        text: serde_json::to_string_pretty(value).expect("JSON of JSON"),
    };
    numbers
        .flat_map(|n| {
            let pair = Pair { n };
            let name = pair.name();
            [
                file(format!("{name}.taskdef.json"), &pair.task_definition()),
                file(format!("{name}.service.json"), &pair.service()),
            ]
        })
        .collect()
}

/// One service and what it runs; `n` decides about everything in it.
struct Pair {
    n: usize,
}

impl Pair {
    fn name(&self) -> String {
        let role = ["web", "api", "worker", "cms"][self.kind()];
        format!("{}-{role}-{}", self.team(), self.n)
    }

    fn team(&self) -> &'static str {
        TEAMS[self.n / 4 % TEAMS.len()]
    }

    /// Which of four kinds of services this is.
    const fn kind(&self) -> usize {
        self.n % 4
    }

    const fn is_fargate(&self) -> bool {
        self.kind() != 2
    }

    /// From 1 to 4.
    const fn containers(&self) -> usize {
        1 + self.n / 4 % 4
    }

    const fn port(&self) -> usize {
        8000 + self.n % 1000
    }

    fn task_definition(&self) -> Value {
        let name = self.name();
        let containers: Vec<Value> = (0..self.containers()).map(|index| self.container(index)).collect();
        let mut spec = json!({
            "family": name,
            "networkMode": if self.is_fargate() { "awsvpc" } else { "bridge" },
            "requiresCompatibilities": [if self.is_fargate() { "FARGATE" } else { "EC2" }],
            "executionRoleArn": format!("arn:aws:iam::{ACCOUNT}:role/ecsTaskExecutionRole"),
            "taskRoleArn": format!("arn:aws:iam::{ACCOUNT}:role/{name}"),
            "containerDefinitions": containers,
            "volumes": self.volumes(),
            "tags": [{"key": "team", "value": self.team()}, {"key": "cost-centre", "value": format!("{}", self.n % 97)}],
        });
        if self.is_fargate() {
            spec["cpu"] = json!("2048");
            spec["memory"] = json!("4096");
            spec["runtimePlatform"] = json!({
                "cpuArchitecture": if self.n.is_multiple_of(3) { "ARM64" } else { "X86_64" },
                "operatingSystemFamily": "LINUX",
            });
        }
        if self.kind() == 0 { self.task_definition_answer(spec) } else { spec }
    }

    /// The task definition as DescribeTaskDefinition answers.
    fn task_definition_answer(&self, mut spec: Value) -> Value {
        let tags = spec["tags"].take();
        let family = self.name();
        let revision = 1 + self.n % 50;
        let answer = json!({
            "taskDefinitionArn": format!("arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/{family}:{revision}"),
            "revision": revision,
            "status": "ACTIVE",
            "requiresAttributes": [
                {"name": "com.amazonaws.ecs.capability.logging-driver.awslogs"},
                {"name": "ecs.capability.execution-role-awslogs"},
                {"name": "com.amazonaws.ecs.capability.docker-remote-api.1.19"},
                {"name": "ecs.capability.task-eni"},
            ],
            "placementConstraints": [],
            "compatibilities": ["EC2", "FARGATE"],
            "registeredAt": "2026-03-02T09:15:41.732000+01:00",
            "registeredBy": format!("arn:aws:iam::{ACCOUNT}:user/deploy"),
        });
        let members = spec.as_object_mut().expect("an object");
        members.remove("tags");
        members.extend(answer.as_object().cloned().expect("an object"));
        json!({"taskDefinition": spec, "tags": tags})
    }

    fn container(&self, index: usize) -> Value {
        let name = ["app", "proxy", "metrics", "agent"][index];
        let variables: Vec<Value> = (0..4 + self.n % 9)
            .map(|variable| {
                json!({"name": format!("SETTING_{variable}"), "value": format!("https://{name}.example.com/{}/{variable}?n={}", self.team(), self.n)})
            })
            .collect();
        let mut container = json!({
            "name": name,
            "image": format!("{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{}/{name}:2026.{}", self.team(), self.n % 40),
            "essential": index == 0,
            "cpu": 128,
            "memory": 512,
            "memoryReservation": 256,
            "environment": variables,
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": format!("/ecs/{}", self.name()),
                    "awslogs-region": REGION,
                    "awslogs-stream-prefix": "ecs",
                },
            },
            "mountPoints": self.mounts(index),
            "volumesFrom": [],
            "systemControls": [],
        });
        if index == 0 {
            container["secrets"] = json!([{
                "name": "DATABASE_PASSWORD",
                "valueFrom": format!("arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{}/db-AbCdEf:password::", self.team()),
            }]);
            container["command"] =
                json!(["serve", "--listen", format!("0.0.0.0:{}", self.port()), "--workers=4"]);
            container["stopTimeout"] = json!(30);
        }
        if index == 0 && self.kind() != 2 {
            container["portMappings"] = json!([{"name": "http", "containerPort": self.port(), "protocol": "tcp", "appProtocol": "http"}]);
            container["healthCheck"] = json!({
                "command": ["CMD-SHELL", format!("curl -f http://localhost:{}/health || exit 1", self.port())],
                "interval": 15,
                "retries": 3,
                "startPeriod": 30,
                "timeout": 5,
            });
        }
        if index > 0 {
            container["dependsOn"] = json!([{"containerName": "app", "condition": "START"}]);
        }
        container
    }

    fn volumes(&self) -> Value {
        match self.kind() {
            1 => json!([{"name": "tmp"}]),
            3 => json!([{
                "name": "content",
                "efsVolumeConfiguration": {
                    "fileSystemId": format!("fs-{:017x}", self.n),
                    "rootDirectory": "/content",
                    "transitEncryption": "ENABLED",
                },
            }]),
            _ => json!([]),
        }
    }

    fn mounts(&self, index: usize) -> Value {
        match self.kind() {
            1 => json!([{"sourceVolume": "tmp", "containerPath": "/tmp"}]),
            3 if index == 0 => {
                json!([{"sourceVolume": "content", "containerPath": "/srv/content", "readOnly": true}])
            }
            _ => json!([]),
        }
    }

    fn service(&self) -> Value {
        let name = self.name();
        let mut spec = json!({
            "serviceName": name,
            "cluster": self.team(),
            "taskDefinition": name,
            "desiredCount": 1 + self.n % 5,
            "launchType": if self.is_fargate() { "FARGATE" } else { "EC2" },
            "schedulingStrategy": "REPLICA",
            "deploymentConfiguration": {
                "maximumPercent": 200,
                "minimumHealthyPercent": if self.n.is_multiple_of(2) { 100 } else { 50 },
                "deploymentCircuitBreaker": {"enable": true, "rollback": true},
            },
            "enableECSManagedTags": true,
            "propagateTags": "SERVICE",
            "enableExecuteCommand": false,
        });
        if self.is_fargate() {
            spec["networkConfiguration"] = json!({"awsvpcConfiguration": {
                "subnets": ["subnet-0a1b2c3d4e5f60718", "subnet-1b2c3d4e5f6071829"],
                "securityGroups": ["sg-0123456789abcdef0"],
                "assignPublicIp": "DISABLED",
            }});
        }
        if matches!(self.kind(), 0 | 1) {
            spec["loadBalancers"] = json!([{
                "targetGroupArn": format!("arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:targetgroup/web/{:016x}", self.n),
                "containerName": "app",
                "containerPort": self.port(),
            }]);
            spec["healthCheckGracePeriodSeconds"] = json!(60);
        }
        if self.kind() == 0 { self.service_answer(spec) } else { spec }
    }

    /// The service as DescribeServices answers.
    fn service_answer(&self, mut spec: Value) -> Value {
        let (name, team) = (self.name(), self.team());
        let revision = 1 + self.n % 50;
        let task = format!("arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/{name}:{revision}");
        let answer = json!({
            "serviceArn": format!("arn:aws:ecs:{REGION}:{ACCOUNT}:service/{team}/{name}"),
            "clusterArn": format!("arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/{team}"),
            "taskDefinition": task,
            "status": "ACTIVE",
            "runningCount": 1,
            "pendingCount": 0,
            "serviceRegistries": [],
            "deployments": [{
                "id": format!("ecs-svc/{:019}", self.n),
                "status": "PRIMARY",
                "taskDefinition": task,
                "desiredCount": 1,
                "createdAt": "2026-03-02T09:16:03.204000+01:00",
                "rolloutState": "COMPLETED",
            }],
            "events": [{
                "id": "0d3c4b5a-6978-4a8b-9cad-bcde01234567",
                "createdAt": "2026-03-02T09:18:40.126000+01:00",
                "message": format!("(service {name}) has reached a steady state."),
            }],
            "createdAt": "2025-11-18T14:02:27.551000+01:00",
            "createdBy": format!("arn:aws:iam::{ACCOUNT}:user/deploy"),
        });
        let members = spec.as_object_mut().expect("an object");
        members.remove("cluster");
        members.extend(answer.as_object().cloned().expect("an object"));
        json!({"services": [spec], "failures": []})
    }
}
