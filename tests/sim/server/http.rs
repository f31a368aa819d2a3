//! Requests and answers.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use kube::client::Body;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::Server;
use super::apply::Writer;
use super::faults::{Answer, Fate, Link};
use super::patch;
use super::refusal::Refusal;
use super::resource::{self, Id, Resource};
use super::store::{Deletion, Store};
use super::watch::{self, Selection, Term};

type Sent = UnsyncBoxBody<Bytes, io::Error>;

/// The API server as one client sees it.
pub(crate) struct Front {
    server: Arc<Server>,
    link: Arc<Link>,
}

impl Front {
    pub(crate) fn new(server: Arc<Server>, link: Arc<Link>) -> Self {
        Self { server, link }
    }
}

impl tower::Service<Request<Body>> for Front {
    type Response = Response<Sent>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Sent>, io::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), io::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        Box::pin(exchange(Arc::clone(&self.server), Arc::clone(&self.link), request))
    }
}

async fn exchange(
    server: Arc<Server>,
    link: Arc<Link>,
    request: Request<Body>,
) -> io::Result<Response<Sent>> {
    let (head, body) = request.into_parts();
    let body = body.collect_bytes().await.map_err(io::Error::other)?;
    let asked = Asked::read(&head, &body);
    sleep(link.latency()).await;
    if link.is_dead() {
        std::future::pending::<()>().await;
    }
    let asked = match asked {
        Ok(asked) => asked,
        Err(refusal) => return Ok(answer(Err(refusal))),
    };
    if let Verb::Watch { version, seconds } = asked.verb {
        if link.fate(false) == Fate::Error {
            return Ok(answer(Err(internal())));
        }
        let stream = watch::watch(server, link, asked.selection(), version, seconds);
        return Ok(Response::new(StreamBody::new(stream).boxed_unsync()));
    }
    let write = asked.write();
    let result = match link.fate(write.is_some()) {
        Fate::Conflict => Err(Refusal::conflict("somebody else was faster")),
        Fate::Error => Err(internal()),
        Fate::Served => asked.carry_out(&mut server.store()),
    };
    let mut sent = Answer::Sent;
    if let (Some(write), Ok(_)) = (write, &result) {
        // Pods that wait for a leader for too long are let go by any replica, by the version that it has seen.
        if asked.resource.is_some_and(|resource| resource.kind != "Pod") {
            server.note(link.number);
        }
        sent = link.wrote(write);
    }
    if sent == Answer::Killed {
        link.kill();
    }
    sleep(link.latency()).await;
    if link.is_dead() {
        std::future::pending::<()>().await;
    }
    if sent == Answer::Lost {
        return Err(io::Error::new(io::ErrorKind::ConnectionReset, "connection reset by peer"));
    }
    Ok(answer(result))
}

fn internal() -> Refusal {
    Refusal::new(500, "InternalError", "etcdserver: request timed out")
}

fn answer(result: Result<(u16, Value), Refusal>) -> Response<Sent> {
    let (code, body) = result.unwrap_or_else(|refusal| (refusal.code, refusal.status()));
    let full = Full::new(Bytes::from(body.to_string())).map_err(|never: Infallible| match never {});
    let mut response = Response::new(full.boxed_unsync());
    *response.status_mut() = StatusCode::from_u16(code).expect("a status code");
    response
}

/// What is to be done.
#[derive(Clone, Debug)]
enum Verb {
    Groups,
    Get,
    List,
    Watch { version: u64, seconds: Option<u64> },
    Create { dry: bool },
    Replace,
    Patch { kind: PatchKind, force: bool },
    Delete,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PatchKind {
    Apply,
    Merge,
    Strategic,
}

/// A request that was understood.
#[derive(Clone, Debug)]
struct Asked {
    verb: Verb,
    resource: Option<&'static Resource>,
    namespace: String,
    name: String,
    subresource: &'static str,
    manager: String,
    labels: Vec<Term>,
    fields: Vec<(String, String)>,
    partial: bool,
    body: Value,
}

impl Asked {
    fn read(head: &http::request::Parts, body: &[u8]) -> Result<Self, Refusal> {
        let unknown = || Refusal::new(404, "NotFound", "the server could not find the requested resource");
        let query: Vec<(String, String)> = head
            .uri
            .query()
            .unwrap_or_default()
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(decoded)
            .collect();
        let parameter =
            |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let header =
            |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let mut asked = Self {
            verb: Verb::Groups,
            resource: None,
            namespace: String::new(),
            name: String::new(),
            subresource: "",
            manager: parameter("fieldManager").unwrap_or("unknown").to_owned(),
            labels: parameter("labelSelector").map(terms).unwrap_or_default(),
            fields: parameter("fieldSelector").map(fields).unwrap_or_default(),
            partial: header("accept").contains("PartialObjectMetadata"),
            body: serde_json::from_slice(body).unwrap_or_default(),
        };
        let parts: Vec<&str> = head.uri.path().trim_matches('/').split('/').collect();
        let (group, rest) = match parts.as_slice() {
            ["apis"] => return Ok(asked),
            ["api", _, rest @ ..] => ("", rest),
            ["apis", group, _, rest @ ..] => (*group, rest),
            _ => return Err(unknown()),
        };
        let rest = match rest {
            ["namespaces", namespace, rest @ ..] if !rest.is_empty() && *rest != ["status"] => {
                (*namespace).clone_into(&mut asked.namespace);
                rest
            }
            rest => rest,
        };
        let (plural, name, subresource) = match rest {
            [plural] => (*plural, "", ""),
            [plural, name] => (*plural, *name, ""),
            [plural, name, "status"] => (*plural, *name, "status"),
            [plural, name, "scale"] => (*plural, *name, "scale"),
            _ => return Err(unknown()),
        };
        asked.resource = Some(resource::of_path(group, plural).ok_or_else(unknown)?);
        asked.subresource = subresource;
        name.clone_into(&mut asked.name);
        let watched = parameter("watch") == Some("true");
        asked.verb = match (&head.method, name.is_empty()) {
            (&Method::GET, true) if watched => Verb::Watch {
                version: parameter("resourceVersion").and_then(|text| text.parse().ok()).unwrap_or_default(),
                seconds: parameter("timeoutSeconds").and_then(|text| text.parse().ok()),
            },
            (&Method::GET, true) => Verb::List,
            (&Method::GET, false) => Verb::Get,
            (&Method::POST, true) => Verb::Create { dry: parameter("dryRun").is_some() },
            (&Method::PUT, false) => Verb::Replace,
            (&Method::PATCH, false) => {
                let kind = match header("content-type") {
                    "application/apply-patch+yaml" => PatchKind::Apply,
                    "application/merge-patch+json" => PatchKind::Merge,
                    "application/strategic-merge-patch+json" => PatchKind::Strategic,
                    other => return Err(Refusal::new(415, "UnsupportedMediaType", other)),
                };
                Verb::Patch { kind, force: parameter("force") == Some("true") }
            }
            (&Method::DELETE, false) => Verb::Delete,
            _ => return Err(Refusal::new(405, "MethodNotAllowed", "not allowed")),
        };
        if matches!(asked.verb, Verb::Create { .. }) {
            asked.name = asked.body["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        }
        Ok(asked)
    }

    /// What this writes, in words; `None` where it changes nothing that counts.
    fn write(&self) -> Option<String> {
        let verb = match self.verb {
            Verb::Create { dry: false } => "create",
            Verb::Replace => "update",
            Verb::Patch { .. } => "patch",
            Verb::Delete => "delete",
            _ => return None,
        };
        let resource = self.resource.filter(|resource| resource.kind != "Lease")?;
        let slash = if self.subresource.is_empty() { "" } else { "/" };
        Some(format!("{verb} {}{slash}{} {}", resource.plural, self.subresource, self.name))
    }

    fn selection(&self) -> Selection {
        Selection {
            resource: self.resource.expect("lists are of a kind"),
            namespace: self.namespace.clone(),
            labels: self.labels.clone(),
            fields: self.fields.clone(),
            partial: self.partial,
        }
    }

    fn carry_out(&self, store: &mut Store) -> Result<(u16, Value), Refusal> {
        let Some(resource) = self.resource else {
            return Ok((200, resource::groups()));
        };
        let id = Id::new(resource, &self.namespace, &self.name);
        let found =
            |store: &Store| store.get(&id).cloned().ok_or_else(|| Refusal::not_found(id.plural, &id.name));
        let writer = Writer::updater(&self.manager, self.subresource);
        match &self.verb {
            Verb::Groups | Verb::Watch { .. } => Ok((200, resource::groups())),
            Verb::Get if self.subresource == "scale" => Ok((200, scale_of(&id, &*found(store)?))),
            Verb::Get => Ok((200, self.selection().shown(&*found(store)?))),
            Verb::List => {
                let selection = self.selection();
                let all = store.list(resource, &self.namespace).into_iter();
                let items: Vec<Value> = all
                    .filter(|(_, object)| selection.has(object))
                    .map(|(_, object)| without_type(selection.shown(object)))
                    .collect();
                let metadata = json!({"resourceVersion": store.version().to_string()});
                let (kind, api_version) = if self.partial {
                    ("PartialObjectMetadataList".to_owned(), "meta.k8s.io/v1".to_owned())
                } else {
                    (format!("{}List", resource.kind), resource.api_version())
                };
                Ok((
                    200,
                    json!({"kind": kind, "apiVersion": api_version, "metadata": metadata, "items": items}),
                ))
            }
            Verb::Create { dry } => {
                let made = store.create(&id, self.body.clone(), &writer, *dry)?;
                Ok((201, made.as_ref().clone()))
            }
            Verb::Replace => {
                let made = store.update(&id, self.body.clone(), &writer)?;
                Ok((200, made.as_ref().clone()))
            }
            Verb::Patch { kind: PatchKind::Apply, force } => {
                let writer = Writer { applies: true, ..writer };
                let existed = store.get(&id).is_some();
                let made = store.apply(&id, &self.body, &writer, *force)?;
                Ok((if existed { 200 } else { 201 }, made.as_ref().clone()))
            }
            Verb::Patch { .. } if self.subresource == "scale" => {
                let replicas = self.body["spec"]["replicas"].clone();
                let mut value = found(store)?.as_ref().clone();
                let (_, at) = scaled(&id);
                patch::merge(&mut value, &nested(at, &replicas));
                let made = store.update(&id, value, &writer)?;
                Ok((200, scale_of(&id, &made)))
            }
            Verb::Patch { kind, .. } => {
                let mut value = found(store)?.as_ref().clone();
                match kind {
                    PatchKind::Strategic if resource.custom => {
                        return Err(Refusal::new(415, "UnsupportedMediaType", "not for custom resources"));
                    }
                    PatchKind::Strategic => patch::strategic(&mut value, &self.body),
                    PatchKind::Merge | PatchKind::Apply => patch::merge(&mut value, &self.body),
                }
                let made = store.update(&id, value, &writer)?;
                Ok((200, made.as_ref().clone()))
            }
            Verb::Delete => {
                let text =
                    |pointer: &str| self.body.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
                let deletion = Deletion {
                    uid: text("/preconditions/uid"),
                    version: text("/preconditions/resourceVersion"),
                    propagation: text("/propagationPolicy"),
                };
                let last = store.delete(&id, &deletion)?;
                Ok((200, last.as_ref().clone()))
            }
        }
    }
}

/// Items of a list do not say what they are.
fn without_type(mut object: Value) -> Value {
    if let Some(members) = object.as_object_mut() {
        members.remove("kind");
        members.remove("apiVersion");
    }
    object
}

/// Where the scale subresource of a kind finds the selector, and the count.
fn scaled(id: &Id) -> (&'static str, &'static [&'static str]) {
    match id.resource().kind {
        "EcsService" => ("/status/selector", &["spec", "kubernetes", "scaledCount"]),
        _ => ("", &["spec", "replicas"]),
    }
}

fn nested(path: &[&str], value: &Value) -> Value {
    path.iter().rev().fold(value.clone(), |inner, member| json!({ (*member): inner }))
}

fn scale_of(id: &Id, object: &Value) -> Value {
    let (selector, count) = scaled(id);
    let count = count.iter().fold(object, |value, member| &value[*member]);
    json!({
        "kind": "Scale", "apiVersion": "autoscaling/v1",
        "metadata": {"name": id.name, "namespace": id.namespace, "resourceVersion": object["metadata"]["resourceVersion"]},
        "spec": {"replicas": count.as_i64().unwrap_or_default()},
        "status": {
            "replicas": object["status"]["replicas"].as_i64().unwrap_or_default(),
            "selector": object.pointer(selector).and_then(Value::as_str).unwrap_or_default(),
        },
    })
}

fn terms(selector: &str) -> Vec<Term> {
    let term = |text: &str| match (text.split_once("!="), text.split_once('=')) {
        (Some((key, value)), _) => Term::Not(key.to_owned(), value.to_owned()),
        (None, Some((key, value))) => Term::Is(key.to_owned(), value.trim_start_matches('=').to_owned()),
        (None, None) => Term::Has(text.to_owned()),
    };
    selector.split(',').filter(|text| !text.is_empty()).map(term).collect()
}

/// Members by their places, and their values.
fn fields(selector: &str) -> Vec<(String, String)> {
    let pair = |text: &str| text.split_once('=').map(|(field, value)| (field.to_owned(), value.to_owned()));
    selector.split(',').filter_map(pair).collect()
}

/// Undoes the percent encoding of a query.
fn decoded((key, value): (&str, &str)) -> (String, String) {
    let mut bytes = Vec::new();
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let mut digit = || rest.next().and_then(|d| char::from(d).to_digit(16)).unwrap_or_default();
                let (high, low) = (digit(), digit());
                bytes.push(u8::try_from(high * 16 + low).unwrap_or_default());
            }
            b'+' => bytes.push(b' '),
            byte => bytes.push(byte),
        }
    }
    (key.to_owned(), String::from_utf8_lossy(&bytes).into_owned())
}
