//! Services that run the task definition.

use serde_json::{Value, json};

use super::{Dice, Launch, Members, Network, Scene, deployment, ebs, provider, scaling, traffic};

pub(super) fn service(scene: &mut Scene, task: &Members) -> (Members, Vec<Value>) {
    let mut service = Members::new();
    service.insert("serviceName".into(), json!(scene.dice.name()));
    let family = task["family"].as_str().expect("a family").to_owned();
    let reference = match scene.dice.below(3) {
        0 => format!("{family}:1"),
        1 => scene.dice.arn("ecs", &format!("task-definition/{family}:1")),
        _ => family,
    };
    service.insert("taskDefinition".into(), json!(reference));
    deployment::deployment(scene, &mut service);
    count(scene, &mut service);
    let mut providers = capacity(scene, &mut service);
    network(scene, &mut service);
    traffic::traffic(scene, task, &mut service);
    placement(scene, &mut service);
    ebs::volumes(scene, task, &mut service);
    if !scene.bold {
        // Pods of a Fargate profile cannot have everything.
        for ours in
            providers.iter_mut().filter_map(|it| it.get_mut("kubernetes").and_then(Value::as_object_mut))
        {
            ours.remove("fargateProfile");
        }
    }
    plain(scene, &mut service);
    traffic::connect(scene, task, &mut service);
    scaling::scaling(scene, &mut service);
    kubernetes(scene, task, &mut service);
    (service, providers)
}

fn count(scene: &mut Scene, service: &mut Members) {
    if scene.daemon {
        service.insert("schedulingStrategy".into(), json!("DAEMON"));
        return;
    }
    scene.dice.maybe(service, "schedulingStrategy", |_| json!("REPLICA"));
    service.insert("desiredCount".into(), json!(scene.dice.pick(&[0, 1, 2, 3, 10, 333, 5000])));
}

fn capacity(scene: &mut Scene, service: &mut Members) -> Vec<Value> {
    let dice = &mut scene.dice;
    let with_strategy = dice.often() && scene.launch != Launch::External;
    if !with_strategy {
        let word = match scene.launch {
            Launch::Fargate => Some("FARGATE"),
            Launch::External => Some("EXTERNAL"),
            Launch::ManagedInstances => Some("MANAGED_INSTANCES"),
            Launch::Ec2 => dice.flip().then_some("EC2"),
        };
        service.extend(word.map(|word| ("launchType".to_owned(), json!(word))));
        return Vec::new();
    }
    let fargate = scene.launch == Launch::Fargate;
    let managed = scene.launch == Launch::ManagedInstances;
    let (mut items, mut providers) = (Vec::new(), Vec::new());
    let count = 1 + dice.below(2);
    for at in 0..count {
        let name = if fargate {
            ["FARGATE_SPOT", "FARGATE"][at].to_owned()
        } else {
            format!("Pool_{at}-{}", dice.below(100))
        };
        let mut item = json!({"capacityProvider": name, "weight": dice.between(1, 1000)});
        if at == 0 && dice.flip() {
            item["base"] = json!(dice.between(0, 100));
        }
        items.push(item);
        if fargate {
            if dice.flip() {
                providers.push(provider::fargate(dice, &name));
            }
        } else if dice.chance(80) {
            providers.push(provider::provider(dice, &name, managed));
        }
    }
    service.insert("capacityProviderStrategy".into(), items.into());
    providers
}

fn network(scene: &mut Scene, service: &mut Members) {
    if scene.network != Network::Awsvpc {
        return;
    }
    let dice = &mut scene.dice;
    let mut vpc = Members::new();
    vpc.insert("subnets".into(), dice.list(1, 3, |dice| json!(dice.id("subnet-"))));
    dice.maybe(&mut vpc, "securityGroups", |dice| dice.list(1, 5, |dice| json!(dice.id("sg-"))));
    dice.maybe(&mut vpc, "assignPublicIp", |dice| json!(dice.pick(&["ENABLED", "DISABLED"])));
    service.insert("networkConfiguration".into(), json!({"awsvpcConfiguration": vpc}));
}

fn placement(scene: &mut Scene, service: &mut Members) {
    if scene.launch == Launch::Fargate {
        return;
    }
    let (dice, daemon, bold) = (&mut scene.dice, scene.daemon, scene.bold);
    dice.maybe(service, "placementConstraints", |dice| {
        let member_of = json!({"type": "memberOf", "expression": dice.expression(bold)});
        if daemon || dice.flip() {
            json!([member_of])
        } else {
            json!([{"type": "distinctInstance"}, member_of])
        }
    });
    if !daemon {
        dice.maybe(service, "placementStrategy", |dice| {
            let all = [
                json!({"type": "spread", "field": "attribute:ecs.availability-zone"}),
                json!({"type": "spread", "field": "instanceId"}),
                json!({"type": "binpack", "field": "memory"}),
                json!({"type": "binpack", "field": "cpu"}),
                json!({"type": "random"}),
                json!({"type": "spread", "field": "attribute:rack"}),
            ];
            dice.some(&[0, 1, 2, 3, 4, 5], 3).into_iter().map(|at| all[at].clone()).collect()
        });
    }
}

fn plain(scene: &mut Scene, service: &mut Members) {
    let fargate = scene.launch == Launch::Fargate;
    let dice = &mut scene.dice;
    dice.maybe(service, "cluster", |dice| {
        json!(dice.pick(&["default", "Prod_1", "arn:aws:ecs:eu-west-1:123456789012:cluster/shop"]))
    });
    dice.maybe(service, "availabilityZoneRebalancing", |dice| json!(dice.pick(&["ENABLED", "DISABLED"])));
    dice.maybe(service, "clientToken", |dice| json!(dice.hex(32)));
    if fargate {
        dice.maybe(service, "platformVersion", |dice| json!(dice.pick(&["LATEST", "1.4.0"])));
    }
    dice.maybe(service, "tags", Dice::tags);
    dice.maybe(service, "enableECSManagedTags", |dice| json!(dice.flip()));
    dice.maybe(service, "propagateTags", |dice| json!(dice.pick(&["TASK_DEFINITION", "SERVICE", "NONE"])));
    dice.maybe(service, "enableExecuteCommand", |dice| json!(dice.flip()));
    dice.maybe(service, "monitoring", |dice| {
        json!({"metricConfigurations": [{"metricNames": ["CPUUtilization"], "resolutionSeconds": dice.pick(&[20, 60])}]})
    });
}

fn kubernetes(scene: &mut Scene, task: &Members, service: &mut Members) {
    let mut ours: Members = match service.remove("kubernetes") {
        Some(Value::Object(ours)) => ours,
        _ => Members::new(),
    };
    let dice = &mut scene.dice;
    dice.maybe(&mut ours, "scaledCount", |dice| json!(dice.between(0, 20)));
    dice.maybe(&mut ours, "paused", |dice| json!(dice.flip()));
    dice.maybe(&mut ours, "minReadySeconds", |dice| json!(dice.between(0, 3600)));
    dice.maybe(&mut ours, "imagePullPolicy", |dice| json!(dice.pick(&["Always", "IfNotPresent", "Never"])));
    dice.maybe(&mut ours, "serviceAccountName", |dice| json!(dice.pick(&["default", "app.web", "x-1"])));
    dice.maybe(&mut ours, "placement", |dice| json!(dice.pick(&["Native", "Exact"])));
    dice.maybe(&mut ours, "securityGroups", |dice| json!(dice.pick(&["Enforce", "Ignore"])));
    dice.maybe(&mut ours, "forceNewDeployment", |dice| json!(dice.word()));
    dice.maybe(&mut ours, "acceptFindings", |_| json!(["SecurityGroupsNotApplied", "SubnetsNotApplied"]));
    dice.maybe(&mut ours, "ingress", |_| {
        json!({"ingressClassName": "alb", "host": "web.example.com", "path": "/", "annotations": {"alb.ingress.kubernetes.io/scheme": "internal"}})
    });
    dice.maybe(&mut ours, "gateway", |_| {
        json!({"name": "public", "namespace": "gateways", "hostnames": ["web.example.com"], "path": "/api"})
    });
    dice.maybe(
        &mut ours,
        "podTemplate",
        |dice| {
            let annotated = json!({"metadata": {"annotations": {"example.com/team": "web"}}});
            let placed = json!({"spec": {"priorityClassName": "system-cluster-critical", "topologySpreadConstraints": [{"topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "ScheduleAnyway", "maxSkew": 2}]}});
            let more = json!({"spec": {
                "containers": [{"name": "beside", "image": "beside:1", "volumeMounts": [{"name": "beside", "mountPath": "/beside"}], "resources": {"limits": {"cpu": "100m", "memory": "32Mi"}}}],
                "volumes": [{"name": "beside", "emptyDir": {"sizeLimit": "1Gi"}}],
            }});
            dice.pick(&[&annotated, &placed, &more]).clone()
        },
    );
    for route in ["ingress", "gateway"] {
        if let (Some(options), Some(port)) = (ours.get_mut(route), traffic::entry(task, dice)) {
            options["port"] = json!(port);
        }
    }
    if !ours.is_empty() {
        service.insert("kubernetes".into(), Value::Object(ours));
    }
}
