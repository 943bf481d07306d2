"""A rehearsal of deploying an app twice and taking it away: CloudFormation over moto's APIs.

``assembly`` synthesises an app with the real CDK, ``deployer`` creates its resources wave by wave
and takes them away in reverse, each through boto3 against moto in this process, ``use`` puts into
them what an app in use puts there, and ``remains`` asks the services what there is. The resource
types are known to ``caches``, ``compute``, ``databases``, ``network``, ``providers`` (CDK's custom
resources) and ``storage``.

Moto's own CloudFormation is of no use here: it has no ElastiCache, and knows neither deletion
policies nor protection.

What this deployer does itself, since moto does not:

* It refuses a name that is taken where moto would hand back or overwrite what has it: buckets,
  queues, rules, database subnet groups, database clusters, load balancers.
* It refuses to delete protected user pools and load balancers, database subnet groups in use,
  and security groups and subnets of databases.
* It holds cache subnet groups, serverless caches and those caches' snapshots in a ledger of its
  own (``Cloud.ledger``): moto has no serverless cache, and cannot delete a cache subnet group.
* It makes moto forget deleted caches, the network interfaces of deleted NAT gateways and the
  automatic snapshots of deleted clusters.
* It writes the log of a function that runs, as Lambda does: into a group that it makes if there
  is none. No function's code is run here, and whether its role may write logs is not asked.

A resource type, a property or an attribute that is not known here is an error.
"""
