//! Where tasks land.

use crate::ledger::row::table;

table! { PLACEMENT "Placement" at "";
    "capacityProviderStrategy" Exact stays
        "One Deployment for each provider.";
    "capacityProviderStrategy[].capacityProvider" Exact deploys
        "Another provider means other nodes.";
    "capacityProviderStrategy[].weight" | "capacityProviderStrategy[].base" Exact stays
        "Moves tasks within both percentages, restarts none of the others.";
    "placementConstraints" | "placementConstraints[].type" Exact stays
        "Required node affinity and pod anti-affinity; takes effect with the next deployment.";
    "placementConstraints[].expression" Approximate(AutoscalerBlind) stays needs NodeLabels
        "Required node affinity; the operator labels nodes with what their own labels do not say. What changes with every task is reported.";
    "placementStrategy" Approximate(StrategyOrderApproximated) stays
        "Soft topology spread; takes effect with the next deployment.";
    "placementStrategy[].type" | "placementStrategy[].field" Approximate(StrategyNotApplied) stays
        "spread becomes soft topology spread; binpack is the scheduler's own business.";
    "availabilityZoneRebalancing" Lossy(ZoneRebalancingNotApplied) stays neutral "DISABLED"
        "Running tasks stay where they are.";
}
